/// Who asks to do what to which resource, and under what circumstances.
public struct AuthorizationRequest: Sendable {
    public let principal: EntityUID
    public let action: EntityUID
    public let resource: EntityUID
    public let context: [PolicyText: PolicyValue]

    public init(
        principal: EntityUID, action: EntityUID, resource: EntityUID,
        context: [PolicyText: PolicyValue] = [:]
    ) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.context = context
    }
}
