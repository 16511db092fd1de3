import ContactModel
import ContactServices
import Foundation

/// Takes `role subject thumbprint` as a token, the thumbprint in base64 or left out.
struct BoundAuthority: TokenAuthority {
    static func token(_ role: Role, _ subject: String, _ client: TestPKI.Client? = nil) -> String {
        "\(role.rawValue)/\(subject)/\(client?.thumbprint.base64EncodedString() ?? "")"
    }

    func principal(of token: Data) async throws -> SecurityPrincipal {
        let parts = String(decoding: token, as: UTF8.self)
            .split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let role = Role(rawValue: String(parts[0])) else {
            throw NotAToken()
        }
        return SecurityPrincipal(
            subject: String(parts[1]), roles: [role], clearance: .default, tokenID: "t",
            expiresAt: .distantFuture,
            certificateThumbprint: parts[2].isEmpty ? nil : Data(base64Encoded: String(parts[2])))
    }

    func remembers(_ token: Data) -> Bool { false }

    struct NotAToken: Error {}
}
