/// Which vendors are to be asked about a contact, for what and how patiently, validated.
public struct EnrichmentDraft: Hashable, Sendable {
    /// The most trusted first.
    public let vendors: [String]
    public let attributeTypes: [AttributeType]
    /// How often a vendor is asked at most.
    public let attempts: Int
    /// How long an attempt waits, in seconds.
    public let timeout: Int

    public static let defaultAttempts = 3
    public static let defaultTimeout = 3_600

    /// - Parameter attributeTypes: empty: every known one.
    /// - Throws: `ValidationError` with code `invalid-source`, `invalid-attribute-type` or `invalid-attempts`.
    public init(
        vendors: [String], attributeTypes: [String] = [],
        attempts: Int = EnrichmentDraft.defaultAttempts,
        timeout: Int = EnrichmentDraft.defaultTimeout
    ) throws(ValidationError) {
        guard (1...ModelLimits.enrichmentVendors).contains(vendors.count),
            Set(vendors).count == vendors.count
        else {
            throw ValidationError(
                .invalidSource,
                "Name 1 to \(ModelLimits.enrichmentVendors) different vendors.",
                pointer: "/vendors")
        }
        for (index, vendor) in vendors.enumerated() {
            do throws(ValidationError) {
                _ = try ProvenanceSource(type: SourceType.vendor.rawValue, identity: vendor)
            } catch {
                throw ValidationError(
                    error.code, "A vendor is 1 to 64 of letters, digits, '.', '_', ':' and '-'.",
                    pointer: "/vendors/\(index)")
            }
        }
        var types: [AttributeType] = []
        for text in attributeTypes.isEmpty ? AttributeType.known : attributeTypes {
            types.append(try AttributeType(text))
        }
        guard types.count <= ModelLimits.attributesPerRequest, Set(types).count == types.count
        else {
            throw ValidationError(
                .invalidAttributeType,
                "Ask for 1 to \(ModelLimits.attributesPerRequest) different types.",
                pointer: "/attributeTypes")
        }
        guard (1...ModelLimits.enrichmentAttempts).contains(attempts) else {
            throw ValidationError(
                .invalidAttempts, "A vendor is asked 1 to \(ModelLimits.enrichmentAttempts) times.",
                pointer: "/attempts")
        }
        guard ModelLimits.enrichmentTimeout.contains(timeout) else {
            throw ValidationError(
                .invalidAttempts,
                "An attempt waits 1 to \(ModelLimits.enrichmentTimeout.upperBound) seconds.",
                pointer: "/timeout")
        }
        self.vendors = vendors
        self.attributeTypes = types
        self.attempts = attempts
        self.timeout = timeout
    }
}

extension EnrichmentRequested {
    public init(_ draft: EnrichmentDraft, id: EntityID, for purpose: PurposeCode) {
        self.init(
            attempts: draft.attempts, attributeTypes: draft.attributeTypes.map(\.text),
            enrichmentId: id.text, purpose: purpose.text, salt: Salt.random(),
            timeout: draft.timeout, vendors: draft.vendors)
    }
}
