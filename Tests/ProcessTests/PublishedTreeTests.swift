import Foundation
import Testing

extension ProcessTests {
    /// What an auditor can check with an address, the CA, a verifier's token and the trust file.
    @Suite(.serialized, .runningStack)
    struct PublishedTree {
        let stack: Stack

        init() throws {
            stack = try #require(Stack.current)
        }

        @Test func publishedTreeIsVerifiedOverTLS() async throws {
            for number in 0..<3 {
                let email = "tree-\(number)-\(UUID().uuidString.lowercased())@example.com"
                #expect(try await stack.api.create(email: email).status == 201)
            }
            let home = stack.home
            let token = home.directory + "/auditor.token"
            try Data(stack.api.auditor.utf8).write(to: URL(fileURLWithPath: token))
            let address = "https://localhost:\(home.port)/ledger/"
            let authority = ["--ca", home.root + "/pki/ca.pem"]
            let verified = try home.verify([address, "--token-file", token] + authority)
            #expect(verified.status == 0, "\(verified.said)")
            #expect(verified.said.contains("everything holds"))
            // Bundles are for verifiers, and only this CA vouches for this server.
            let anonymous = try home.verify([address] + authority)
            #expect(anonymous.status == 2, "\(anonymous.said)")
            #expect(anonymous.said.contains("--token-file"))
            #expect(try home.verify([address, "--token-file", token]).status == 2)
        }
    }
}
