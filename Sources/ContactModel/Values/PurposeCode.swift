/// A purpose of processing, `[a-z0-9_]{1,64}`, e.g. `sales_outreach`.
public struct PurposeCode: Hashable, Sendable {
    public let text: String

    /// - Throws: `ValidationError` with code `invalid-purpose`.
    public init(_ raw: String) throws(ValidationError) {
        guard
            ASCII.matches(
                raw, max: ModelLimits.purposeBytes,
                { ASCII.isLower($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "_") })
        else {
            throw ValidationError(
                .invalidPurpose,
                "A purpose is 1 to 64 lower-case letters, digits and underscores, such as sales_outreach."
            )
        }
        text = raw
    }

    /// 1…32 distinct codes, in the order given.
    ///
    /// - Throws: `ValidationError` with code `invalid-purpose`, pointing at the element.
    public static func list(_ raw: [String]) throws(ValidationError) -> [PurposeCode] {
        guard (1...ModelLimits.purposesPerConsent).contains(raw.count) else {
            throw ValidationError(.invalidPurpose, "Give 1 to 32 purpose codes.")
        }
        var codes: [PurposeCode] = []
        for (index, text) in raw.enumerated() {
            let code = try validating(at: "/\(index)") { () throws(ValidationError) in
                try PurposeCode(text)
            }
            guard !codes.contains(code) else {
                throw ValidationError(
                    .invalidPurpose, "This purpose code is given twice.", pointer: "/\(index)")
            }
            codes.append(code)
        }
        return codes
    }
}
