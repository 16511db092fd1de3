import Foundation
import Testing

extension ProcessTests {
    /// Client certificates from the command that issues them to the gateway that checks them.
    @Suite(.serialized, .runningStack)
    struct Certificates {
        let home: TestHome
        let api: API

        init() throws {
            let stack = try #require(Stack.current)
            home = stack.home
            api = stack.api
        }

        private static let seal = "/api/v1/ledger/seal"
        private static let subject = "process-operator"

        @Test func whatOperatorsDoNeedsTheCertificateThatTheirTokenIsBoundTo() async throws {
            let written = try await api.create(email: "tls-\(UUID().uuidString)@example.com")
            #expect(written.status == 201)
            let free = try home.token("operator", subject: Self.subject)
            let refused = try await api.send(.POST, Self.seal, token: free, body: [])
            #expect(refused.status == 401 && refused.text.contains("certificate-required"))
            // A token that was copied: bound, and sent by somebody without the key.
            let bound = try home.token(
                "operator", subject: Self.subject,
                certificate: home.directory + "/\(Self.subject).pem")
            let copied = try await api.send(
                .POST, Self.seal, token: bound, body: [], showsCertificate: false)
            #expect(copied.status == 401 && copied.text.contains("certificate-mismatch"))
            let sealed = try await api.send(.POST, Self.seal, token: api.operatorToken, body: [])
            #expect(sealed.status == 200, "\(sealed.text)")
        }

        @Test func aRevokedOperatorIsRefusedWithoutARestart() async throws {
            let pids = try home.pids()
            let operators = try API(home)
            let path = "/api/v1/keys"
            let before = try await operators.send(.GET, path, token: operators.operatorToken)
            #expect(before.status == 200)
            let revoked = try home.chancery(
                "client-cert", "revoke", home.directory + "/\(Self.subject).pem")
            #expect(revoked.status == 0, "\(revoked.said)")
            // The open connection loses what the certificate gave; another is not made.
            var last: Int?
            for _ in 0..<200 {
                last = try? await operators.send(.GET, path, token: operators.operatorToken).status
                if last != 200 { break }
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(last == 401 || last == nil)
            await operators.shutdown()
            // Nobody else's.
            #expect(try home.chancery("keys", "list").status == 0)
            #expect(try home.pids() == pids)
        }

        @Test func statusSaysThatCertificatesOnTheDiskCannotBeUsed() throws {
            let key = home.root + "/pki/server.key"
            let good = try Data(contentsOf: URL(filePath: key))
            try good.prefix(100).write(to: URL(filePath: key))
            let outdated = try status { $0.contains("those from before stay in force") }
            #expect(outdated.contains("ready, but"), "\(outdated)")
            try good.write(to: URL(filePath: key))
            let current = try status { !$0.contains("those from before stay in force") }
            #expect(!current.contains("ready, but"), "\(current)")
        }

        /// The same of the issuer's keys and of revoked tokens, by each daemon for itself, while all of them serve.
        @Test func statusSaysThatCredentialsOnTheDiskCannotBeUsed() async throws {
            for name in ["jwks.json", "denied-tokens"] {
                let path = home.root + "/pki/" + name
                let good = FileManager.default.contents(atPath: path)
                try Data("half".utf8).write(to: URL(filePath: path))
                let outdated = try status { text in
                    text.contains("issuer's keys or the revoked tokens on disk")
                        && text.contains("credentials ")
                }
                #expect(outdated.contains("\(path) cannot be used"), "\(outdated)")
                let json = JSON(try home.chancery("status", "--json").output.utf8)
                for daemon in ["ledger", "keeper"] {
                    let problem = json?[daemon]?["credentialsProblem"]?.string
                    #expect(problem?.contains(path) == true, "\(daemon)")
                }
                #expect(try await api.create(email: "c-\(UUID())@example.com").status == 201)
                if let good {
                    try good.write(to: URL(filePath: path))
                } else {
                    try FileManager.default.removeItem(atPath: path)
                }
                let current = try status { !$0.contains("credentials ") && !$0.contains("on disk") }
                #expect(!current.contains("cannot be used"), "\(current)")
            }
        }

        /// What `chancery status` says as soon as it is as wished, or after ten seconds.
        private func status(_ isWished: (String) -> Bool) throws -> String {
            var text = ""
            for _ in 0..<100 {
                text = try home.chancery("status").output
                if isWished(text) { break }
                usleep(100_000)
            }
            return text
        }

        @Test func aTokenIsBoundToTheCertificateOfItsSubjectAlone() throws {
            let result = try home.chancery(
                "token", "--subject", "somebody", "--role", "operator", "--client-cert",
                home.root + "/pki/operator.pem")
            #expect(result.status != 0 && result.said.contains("chancery-operator"))
            let none = try home.chancery(
                "token", "--subject", "somebody", "--role", "operator", "--client-cert",
                home.root + "/pki/ca.pem")
            #expect(none.status != 0 && none.said.contains("client-cert issue"))
        }
    }
}
