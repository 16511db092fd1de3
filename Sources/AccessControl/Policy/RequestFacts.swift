public import ContactModel

/// What the policies are told of a request: the vocabulary that `policies/default.cedar` explains.
public struct RequestFacts: Sendable {
    public let request: AuthorizationRequest
    public let entities: Entities

    /// - Parameters:
    ///   - subject: the token's `sub`.
    ///   - action: a name of the audit trail, such as `contact.read`.
    ///   - resourceType: as the audit trail has it, such as `contact`.
    ///   - resourceID: empty where a request concerns no certain one.
    ///   - purpose: nil where none was stated.
    ///   - hasClientCertificate: whether the token is bound to one that the caller showed.
    /// - Throws: `EntitiesError`; roles and purposes that are known lead to none.
    public init(
        subject: String, roles: Set<Role>, action: String, resourceType: String,
        resourceID: String = "", purpose: PurposeCode? = nil, hasClientCertificate: Bool = false
    ) throws(EntitiesError) {
        let principal = EntityUID(Self.principalType, PolicyText(subject))
        var context = [Self.hasClientCertificate: PolicyValue.bool(hasClientCertificate)]
        var entities = [Entity(principal, parents: roles.compactMap { Self.roles[$0] })]
        if let purpose {
            let uid = EntityUID(Self.purposeType, PolicyText(purpose.text))
            context[Self.purpose] = .entity(uid)
            entities.append(
                Entity(
                    uid,
                    parents: PurposeTaxonomy.generalizations(of: purpose.text).map(Self.purposeUID))
            )
        }
        self.entities = try Entities(entities)
        request = AuthorizationRequest(
            principal: principal, action: EntityUID("Action", action),
            resource: EntityUID(
                resourceType.prefix(1).uppercased() + resourceType.dropFirst(), resourceID),
            context: context)
    }

    private static let principalType: PolicyText = "Principal"
    private static let purposeType: PolicyText = "Purpose"
    private static let purpose: PolicyText = "purpose"
    private static let hasClientCertificate: PolicyText = "hasClientCertificate"
    private static let roles = Dictionary(
        uniqueKeysWithValues: Role.allCases.map { ($0, EntityUID("Role", $0.rawValue)) })

    private static func purposeUID(_ code: String) -> EntityUID {
        EntityUID(purposeType, PolicyText(code))
    }
}
