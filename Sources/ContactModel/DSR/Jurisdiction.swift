/// Whose law is appealed to: a country, ISO 3166-1 alpha-2, or a part of one, ISO 3166-2, as `DE` or `US-CA`; `EU` is taken as one.
public struct Jurisdiction: Hashable, Sendable {
    public let text: String

    /// - Throws: `ValidationError` with code `invalid-jurisdiction`.
    public init(_ raw: String) throws(ValidationError) {
        let parts = raw.split(separator: "-", omittingEmptySubsequences: false)
        guard let country = parts.first, country.utf8.count == 2,
            country.utf8.allSatisfy(ASCII.isUpper), parts.count <= 2,
            parts.dropFirst().allSatisfy({ part in
                (1...3).contains(part.utf8.count)
                    && part.utf8.allSatisfy { ASCII.isUpper($0) || ASCII.isDigit($0) }
            })
        else {
            throw ValidationError(
                .invalidJurisdiction,
                "A jurisdiction is a country or a part of one by ISO 3166, such as DE or US-CA.")
        }
        text = raw
    }
}
