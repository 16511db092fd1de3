import AccessControl
import ContactModel
import ContactServices
import Foundation

/// The tokens that AccessControl verifies, as the services ask for them.
struct VerifiedTokens: TokenAuthority {
    let verifier: TokenVerifier

    func principal(of token: Data) async throws -> SecurityPrincipal {
        try await verifier.verify(token)
    }

    func remembers(_ token: Data) -> Bool { verifier.remembers(token) }
}
