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
                try await goBack(stack, server, newToken)
                await stack.stop()
            } catch {
                await stack.stop()
                throw error
            }
        }

        /// To the development issuer, whose keys must not come under daemons that believe another name, nor another's under its name.
        private func goBack(
            _ stack: Stack, _ server: IssuerServer, _ token: String
        ) async throws {
            let home = stack.home
            let (remembered, keys) = (home.root + "/pki/issuer.json", home.root + "/pki/jwks.json")
            let (saved, fetched) = (try Self.text(remembered), try Self.text(keys))
            try FileManager.default.removeItem(atPath: remembered)
            let running = try home.chancery("up")
            #expect(running.status != 0 && running.said.contains("chancery down"))
            #expect(try Self.text(keys) == fetched)
            #expect(try await isKnown(stack.api, token))
            _ = try home.chancery("down")

            // Killed between name and keys: nothing starts before the keys are there.
            let pending = saved.replacingOccurrences(of: "{", with: #"{"keysPending":true,"#)
            try pending.write(toFile: remembered, atomically: true, encoding: .utf8)
            server.stop()
            let unreachable = try home.chancery("up")
            #expect(unreachable.status != 0, "\(unreachable.said)")
            #expect(try home.pids()["chancery-gateway"] == nil)
            // Neither does a rebuild, which starts daemons of its own.
            let rebuilt = try home.chancery("rebuild")
            #expect(rebuilt.status != 0 && rebuilt.said.contains("chancery up"), "\(rebuilt.said)")
            // And keys that were fetched for one are not another's.
            let other = try home.chancery("up", "--issuer", "https://other.example")
            #expect(other.status != 0 && other.said.contains("another issuer"), "\(other.said)")

            try FileManager.default.removeItem(atPath: remembered)
            let back = try home.chancery("up")
            #expect(back.status == 0, "\(back.said)")
            #expect(try await !isKnown(stack.api, token))
            #expect(try home.pids()["issuer-keys"] == nil)
            let own = try home.token("verifier")
            #expect(try await isKnown(stack.api, own))
        }

        private static func text(_ path: String) throws -> String {
            try String(contentsOfFile: path, encoding: .utf8)
        }
    }
}
