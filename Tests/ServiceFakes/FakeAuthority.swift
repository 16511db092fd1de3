public import ContactModel
public import ContactServices
public import Foundation

/// Takes a role's name as the token; anything else is no token. That of the data protection officer it has seen before.
public struct FakeAuthority: TokenAuthority {
    public init() {}

    public func principal(of token: Data) async throws -> SecurityPrincipal {
        guard let role = Role(rawValue: String(decoding: token, as: UTF8.self)) else {
            throw NotAToken()
        }
        return SecurityPrincipal(
            subject: "subject-\(role.rawValue)", roles: [role], clearance: .default, tokenID: "t",
            expiresAt: .distantFuture)
    }

    public func remembers(_ token: Data) -> Bool {
        Role(rawValue: String(decoding: token, as: UTF8.self)) == .dpo
    }

    struct NotAToken: Error {}
}
