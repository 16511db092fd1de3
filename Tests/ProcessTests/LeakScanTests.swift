import Crypto
import Foundation
import TestSupport
import Testing

extension ProcessTests {
    /// What the scan of the whole run would find if somebody logged it.
    @Suite struct LeakScans {
        private static let key = P384.Signing.PrivateKey()

        enum Leak: CaseIterable {
            case token, claims, email, emailInAQuery, emailInBase64, name, keyInPEM, rawKey, hexKey,
                base64Key, base64URLKey

            func text(_ email: String) throws -> Data {
                let raw = LeakScans.key.rawRepresentation
                let token = try LiveIssuer("k").token("verifier")
                switch self {
                case .token: return Data("authorization: Bearer \(token)".utf8)
                case .claims: return Data(token.split(separator: ".")[1].utf8)
                case .email: return Data("no such contact: \(email)".utf8)
                case .emailInAQuery: return Data("GET /api/v1/contacts?q=jane%40example.org".utf8)
                case .emailInBase64: return Data(Data(email.utf8).base64EncodedString().utf8)
                case .name: return Data("contact of Planted Whistleblower".utf8)
                case .keyInPEM: return Data(LeakScans.key.pemRepresentation.utf8)
                case .rawKey: return raw
                case .hexKey: return Data(raw.map { String(format: "%02x", $0) }.joined().utf8)
                case .base64Key: return Data(raw.base64EncodedString().utf8)
                case .base64URLKey:
                    return Data(
                        raw.base64EncodedString().replacingOccurrences(of: "+", with: "-")
                            .replacingOccurrences(of: "/", with: "_").utf8)
                }
            }
        }

        @Test(arguments: Leak.allCases) func whatIsPlantedIsFoundWhenTheFixtureGoes(leak: Leak)
            throws
        {
            let email = "planted-\(UUID().uuidString)@planted.example"
            let people: Set = [email, "Planted Whistleblower"]
            for place in ["var/log/gateway.log", "var/log/ledger.log.1", "an error"] {
                let home = try TestHome()
                for part in ["/pki", "/log"] {
                    try FileManager.default.createDirectory(
                        atPath: home.root + part, withIntermediateDirectories: true)
                }
                try Self.key.pemRepresentation.write(
                    toFile: home.root + "/pki/issuer.key", atomically: true, encoding: .utf8)
                let innocent = Data("info request method=GET status=401 requestId=r-1\n".utf8)
                try innocent.write(to: URL(filePath: home.root + "/log/keeper.start"))
                #expect(LeakScan(home.directory, people: people).findings().isEmpty)
                let planted = innocent + (try leak.text(email)) + Data("\n".utf8)
                if place == "an error" {
                    LeakScan.keep(Array(planted), in: home.directory)
                } else {
                    try planted.write(to: URL(filePath: home.directory + "/" + place))
                }
                #expect(!LeakScan(home.directory, people: people).findings().isEmpty)
                // What a client of this fixture sent is looked for without being named.
                SentPeople.note(
                    Array(#"{"email":"\#(email)","fullName":"Planted Whistleblower"}"#.utf8),
                    in: home.directory)
                withKnownIssue {
                    home.remove()
                } matching: { issue in
                    issue.comments.contains { $0.rawValue.contains("leaked") }
                }
            }
        }

        @Test func eachFixtureHasPeopleOfItsOwnHoweverManyAnotherSent() {
            let (first, second) = (UUID().uuidString, UUID().uuidString)
            func send(_ count: Int, to fixture: String) {
                for number in 0..<count {
                    SentPeople.note(
                        Array(#"{"email":"\#(number)@many.example"}"#.utf8), in: fixture)
                }
            }
            send(1_000, to: first)
            send(1, to: second)
            #expect(SentPeople.of(first).count == 500)
            #expect(SentPeople.of(second) == ["0@many.example"])
        }

        @Test func aGatewayThatAnsweredHasALog() throws {
            let home = try TestHome()
            defer { try? FileManager.default.removeItem(atPath: home.directory) }
            try FileManager.default.createDirectory(
                atPath: home.root + "/log", withIntermediateDirectories: true)
            let log = URL(filePath: home.root + "/log/gateway.log")
            try Data().write(to: log)
            #expect(!LeakScan(home.directory).hasUnloggedGateway)
            LeakScan.answered(in: home.directory)
            #expect(LeakScan(home.directory).hasUnloggedGateway)
            try Data("info\n".utf8).write(to: log)
            #expect(!LeakScan(home.directory).hasUnloggedGateway)
        }

        @Test func errorsOfManyClientsAreKeptWhole() async throws {
            let home = try TestHome()
            defer { try? FileManager.default.removeItem(atPath: home.directory) }
            let directory = home.directory
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        let body = [UInt8](
                            repeating: UInt8(ascii: "a") + UInt8(number % 26), count: 999)
                        LeakScan.keep(body, in: directory)
                    }
                }
            }
            let kept = try Data(contentsOf: URL(filePath: directory + "/errors-sent"))
            #expect(kept.count == 64_000)
            #expect(
                kept.split(separator: 0x0A).allSatisfy { $0.count == 999 && Set($0).count == 1 })
        }
    }
}
