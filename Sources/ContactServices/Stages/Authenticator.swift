public import AccessControl
public import ContactModel
public import Foundation

/// Turns a bearer token into a principal. AccessControl's token verifier is the one that does.
public protocol TokenAuthority: Sendable {
    /// - Throws: anything, when the token does not count; the reason is not told to the caller.
    func principal(of token: Data) async throws -> SecurityPrincipal
}

/// The door: the only maker of an `Authenticated`.
public struct Authenticator: Sendable {
    private let authority: any TokenAuthority
    private let policies: PolicySet

    /// - Parameter policies: what every request that comes in is judged by.
    public init(authority: any TokenAuthority, policies: PolicySet) {
        self.authority = authority
        self.policies = policies
    }

    /// - Throws: `ServiceError` with code `unauthenticated`.
    public func authenticate(
        token: String, requestID: RequestID
    ) async throws(ServiceError) -> Authenticated {
        let bytes = Data(token.utf8)
        guard let principal = try? await authority.principal(of: bytes) else {
            throw ServiceError(
                .unauthenticated,
                "The bearer token is missing, expired or not valid; get a new one and send the request again."
            )
        }
        return Authenticated(
            principal: principal, credential: bytes, requestID: requestID, policies: policies)
    }
}
