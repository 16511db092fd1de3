/// What an enriched attribute says: one of the known types, or a deployment's own, `x-[a-z0-9-]{1,61}`.
public struct AttributeType: Hashable, Sendable {
    public let text: String

    public static let known = [
        "jobTitle", "company", "department", "seniority", "industry", "companySize", "phone",
        "location", "website", "linkedinUrl",
    ]

    /// - Throws: `ValidationError` with code `invalid-attribute-type`.
    public init(_ raw: String) throws(ValidationError) {
        let isOwn =
            raw.hasPrefix("x-")
            && ASCII.matches(
                String(raw.dropFirst(2)), max: ModelLimits.attributeTypeBytes - 2,
                { ASCII.isLower($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") })
        guard isOwn || Self.known.contains(raw) else {
            throw ValidationError(
                .invalidAttributeType,
                "The attribute type is one of \(Self.known.joined(separator: ", ")), or your own: x- and "
                    + "1 to 61 lower-case letters, digits and hyphens.")
        }
        text = raw
    }
}
