/// Where attributes came from: a kind, and the name of the system, which a data subject does not have.
///
/// A name stands in the clear in the ledger for good, so it must be a system's and can never be a person's:
/// hence none for `DATA_SUBJECT`, and `[A-Za-z0-9._:-]{1,64}` for the others.
public struct ProvenanceSource: Hashable, Sendable {
    public let type: SourceType
    /// Nil exactly for `DATA_SUBJECT`.
    public let identity: String?

    /// - Throws: `ValidationError` with code `invalid-source`.
    public init(type rawType: String, identity: String?) throws(ValidationError) {
        guard let type = SourceType(rawValue: rawType) else {
            throw ValidationError(
                .invalidSource,
                "The source type is one of "
                    + "\(SourceType.allCases.map(\.rawValue).joined(separator: ", ")).",
                pointer: "/sourceType")
        }
        if type == .dataSubject {
            guard identity == nil else {
                throw ValidationError(
                    .invalidSource, "Leave sourceIdentity out when the data subject is the source.",
                    pointer: "/sourceIdentity")
            }
        } else {
            guard let identity else {
                throw ValidationError(
                    .invalidSource, "Name the system the attribute came from in sourceIdentity.",
                    pointer: "/sourceIdentity")
            }
            guard
                ASCII.matches(
                    identity, max: ModelLimits.sourceIdentityBytes,
                    { ASCII.isAlphanumeric($0) || "._:-".utf8.contains($0) })
            else {
                throw ValidationError(
                    .invalidSource,
                    "sourceIdentity is 1 to 64 of letters, digits, '.', '_', ':' and '-'.",
                    pointer: "/sourceIdentity")
            }
        }
        self.type = type
        self.identity = identity
    }
}
