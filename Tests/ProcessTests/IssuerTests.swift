import Foundation
import TestSupport
import Testing

extension ProcessTests {
    /// Tokens of an issuer elsewhere, whose keys are fetched while everything runs.
    @Suite struct Issuer {
        /// Its answer's status, but for 401: the token does not count.
        private func isKnown(_ api: API, _ token: String) async throws -> Bool {
            try await api.send(.GET, "/api/v1/keys", token: token).status != 401
        }

        @Test func rotatedKeysOfAnotherIssuerReachEveryDaemonWithoutARestart() async throws {
            let stack = try Stack.start()
            let home = stack.home
            let development = stack.api.auditor
            do {
                _ = try home.chancery("down")
                // Whose private key lies here must not speak for somebody else.
                let own = try home.chancery("up", "--issuer", "https://issuer.example")
                #expect(own.status != 0 && own.said.contains("development issuer's key"))
                let (old, new) = (LiveIssuer("old-key"), LiveIssuer("new-key"))
                let server = try IssuerServer(
                    .init(LiveIssuer.keySet(old)), certificate: home.root + "/pki/server.pem",
                    key: home.root + "/pki/server.key")
                let up = try home.chancery(
                    "up", "--issuer", old.name, "--issuer-url", server.url, "--issuer-ca",
                    home.root + "/pki/ca.pem", "--issuer-every", "1s")
                #expect(up.status == 0, "\(up.said)")
                let (oldToken, newToken) = (try old.token("verifier"), try new.token("verifier"))
                #expect(try await isKnown(stack.api, oldToken))
                #expect(try await !isKnown(stack.api, newToken))
                #expect(try await !isKnown(stack.api, development))
                let refused = try home.chancery("token", "--subject", "x", "--role", "verifier")
                #expect(refused.status != 0 && refused.said.contains(old.name))

                let pids = try home.pids()
                #expect(pids["issuer-keys"] != nil)
                server.publish(.init(try LiveIssuer.keySet(new)))
                for _ in 0..<200 where try await !isKnown(stack.api, newToken) {
                    try await Task.sleep(for: .milliseconds(100))
                }
                // By the ledger, too: it lists the keys for whom it has verified itself.
                let listed = try await stack.api.send(.GET, "/api/v1/keys", token: newToken)
                #expect(listed.status == 200, "\(listed.text)")
                #expect(try await !isKnown(stack.api, oldToken))
                #expect(try home.pids() == pids)
                let log = try String(
                    contentsOfFile: home.root + "/log/issuer-keys.log", encoding: .utf8)
                #expect(log.contains("added new-key; removed old-key"))

                // Remembered: no option brings the development issuer back.
                #expect(try home.chancery("down").said.contains("issuer-keys stopped"))
                let again = try home.chancery("up")
                #expect(again.status == 0, "\(again.said)")
                #expect(try await isKnown(stack.api, newToken))
                server.stop()
                await stack.stop()
            } catch {
                await stack.stop()
                throw error
            }
        }
    }
}
