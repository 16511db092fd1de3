/// What a consent record tells beside type, basis and purposes (ISO/IEC TS 27560, clause 6): under which notice, of whom, where and
/// how it was given. All of it stands in the clear for good, so none of it may name the data subject.
public struct ConsentTerms: Hashable, Sendable {
    /// The controller that it was given to: `[A-Za-z0-9._:-]{1,64}`.
    public var controller: String?
    /// Which privacy notice was shown: `[A-Za-z0-9._:/-]{1,128}`, a URI without query, or the notice's version.
    public var noticeRef: String?
    /// Of the notice, BCP 47: `de`, `pt-BR`.
    public var language: String?
    /// ISO 3166: `DE`, `US-CA`.
    public var jurisdiction: String?
    public var collectionMethod: CollectionMethod?

    public init() {}

    /// - Throws: `ValidationError` with code `invalid-consents`, pointing at the field.
    public init(
        controller: String?, noticeRef: String?, language: String?, jurisdiction: String?,
        collectionMethod: String?
    ) throws(ValidationError) {
        try Self.check(
            controller, "controller", max: 64, "letters, digits, '.', '_', ':' and '-'"
        ) { ASCII.isAlphanumeric($0) || "._:-".utf8.contains($0) }
        try Self.check(
            noticeRef, "noticeRef", max: 128, "letters, digits, '.', '_', ':', '/' and '-'"
        ) { ASCII.isAlphanumeric($0) || "._:/-".utf8.contains($0) }
        try Self.check(language, "language", max: 35, "letters, digits and '-' (BCP 47)") {
            ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "-")
        }
        try Self.check(
            jurisdiction, "jurisdiction", max: 6, "upper-case letters, digits and '-' (ISO 3166)"
        ) { ASCII.isUpper($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") }
        if let collectionMethod {
            guard let method = CollectionMethod(rawValue: collectionMethod) else {
                throw ValidationError(
                    .invalidConsents,
                    "The collection method is one of \(CollectionMethod.allCases.map(\.rawValue).joined(separator: ", ")).",
                    pointer: "/collectionMethod")
            }
            self.collectionMethod = method
        }
        self.controller = controller
        self.noticeRef = noticeRef
        self.language = language
        self.jurisdiction = jurisdiction
    }

    private static func check(
        _ text: String?, _ name: String, max: Int, _ alphabet: String,
        _ isMember: (UInt8) -> Bool
    ) throws(ValidationError) {
        guard let text, !ASCII.matches(text, max: max, isMember) else { return }
        throw ValidationError(
            .invalidConsents, "\(name) is 1 to \(max) of \(alphabet), and names no person.",
            pointer: "/\(name)")
    }
}

/// By which way a consent came.
public enum CollectionMethod: String, Sendable, CaseIterable {
    case webForm = "WEB_FORM"
    case email = "EMAIL"
    case phone = "PHONE"
    case paper = "PAPER"
    case inPerson = "IN_PERSON"
    case imported = "IMPORT"
    case api = "API"
}
