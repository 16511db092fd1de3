import AccessControl
public import ContactModel
public import ContactServices
public import Foundation

/// Takes a role's name as the token, or `role|clearance`; anything else is no token. That of the data protection officer it has seen before,
/// `revoked` too, and `expired` is one.
public struct FakeAuthority: TokenAuthority {
    public init() {}

    public func principal(of token: Data) async throws -> SecurityPrincipal {
        if token == Data("expired".utf8) { throw AuthenticationError(.expired, "expired") }
        let parts = String(decoding: token, as: UTF8.self).split(separator: "|")
        guard let name = parts.first, let role = Role(rawValue: String(name)) else {
            throw NotAToken()
        }
        return SecurityPrincipal(
            subject: "subject-\(role.rawValue)", roles: [role],
            clearance: try parts.dropFirst().first.map { try Clearance(String($0)) } ?? .default,
            tokenID: "t", expiresAt: .distantFuture)
    }

    public func remembers(_ token: Data) -> Bool {
        [Data(Role.dpo.rawValue.utf8), Data("revoked".utf8)].contains(token)
    }

    struct NotAToken: Error {}
}
