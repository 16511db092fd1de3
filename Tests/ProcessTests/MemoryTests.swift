import Crypto
import Foundation
import ProcessBoundary
import Testing

extension ProcessTests {
    /// Keys stand in the memory of the keeper alone, and in no file; what a person is, never in the memory of the ledger.
    @Suite(
        .serialized, .runningStack,
        .enabled(if: geteuid() == 0, "only root reads another process's memory"))
    struct Memory {
        let stack: Stack

        init() throws { stack = try #require(Stack.current) }

        private func memory(_ daemon: String) throws -> ProcessMemory {
            try ProcessMemory(of: try #require(try stack.home.pids()[daemon]))
        }

        private func create(_ people: [(email: String, name: String)]) async throws {
            for person in people {
                let reply = try await stack.api.create(email: person.email, name: person.name)
                try #require(reply.status == 201, "\(reply.text)")
                try #require(try await stack.api.find(email: person.email).found.count == 1)
            }
        }

        /// Distinct from everything else, and from each other.
        private static func people(_ count: Int) -> [(email: String, name: String)] {
            (0..<count).map { _ in
                let id = UUID().uuidString.lowercased().filter { $0 != "-" }
                return (
                    "m.\(id.prefix(16))@memory-\(id.suffix(8)).example",
                    "Remember \(id.suffix(16).uppercased())"
                )
            }
        }

        private func publicKeys() throws -> [[UInt8]] {
            let trust = try Data(contentsOf: URL(fileURLWithPath: stack.home.trust))
            return try #require(JSON(trust)?["generations"]?.array).flatMap { generation in
                (generation["keys"]?.array ?? []).compactMap { key in
                    key["algorithm"]?.string == "Ed25519"
                        ? key["publicKey"]?.string.flatMap { Data(base64Encoded: $0) }.map(
                            Array.init)
                        : nil
                }
            }
        }

        private func introductionKey() async throws -> Data {
            let peer = DaemonPeer(stack.home)
            let reply = try? await peer.ask(
                WireKeeperRequest.OneOf_Operation.introductionKey(.init()), asLedger: true)
            await peer.shutdown()
            return try #require(reply).introductionKey.key
        }

        @Test func keysStandInTheKeepersMemoryAloneAndInNoFile() async throws {
            try await create(Self.people(20))
            let known = Set(try publicKeys())
            let guarded = try memory("chancery-keeper").guardedSecrets()
            // libsodium keeps an Ed25519 key's public half beside its seed, also that of a key that no trust file lists.
            let publicHalves = guarded.compactMap { seed in
                (try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)).map {
                    Array($0.publicKey.rawRepresentation)
                }
            }
            // The one that the ledger is told, so that it knows the keeper's word; it opens nothing and is of this start alone.
            let told = Array(try await introductionKey())
            #expect(guarded.contains(told))
            let secrets = guarded.subtracting(publicHalves).subtracting([told])
            // What was found is what it is taken for: the log key is among it.
            let isLogKey = secrets.contains { seed in
                let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)
                return key.map { known.contains(Array($0.publicKey.rawRepresentation)) } ?? false
            }
            #expect(isLogKey, "of \(secrets.count) secrets none is the log key's")
            // Root, counters' authorization, KEK-DATA, state, index, log, …
            #expect(secrets.count >= 6)
            var needles = secrets
            for secret in secrets {
                needles.insert(Array(Data(secret).map { String(format: "%02x", $0) }.joined().utf8))
                needles.insert(Array(Data(secret).base64EncodedString().utf8.prefix(40)))
            }
            let scanner = ByteScanner(needles)
            #expect(try memory("chancery-keeper").hits(scanner).found.count >= secrets.count)
            for daemon in ["chancery-ledger", "chancery-gateway"] {
                let (found, scanned) = try memory(daemon).hits(scanner)
                #expect(found.isEmpty, "\(daemon) holds \(found.count) keys of the keeper")
                #expect(scanned > 4 << 20, "\(daemon): too little was scanned to prove anything")
            }
            // Nor in the software TPM's files, but for what is sealed there.
            for name in try FileManager.default.subpathsOfDirectory(atPath: stack.home.root) {
                let path = stack.home.root + "/" + name
                guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else { continue }
                #expect(scanner.hits(in: data).isEmpty, "\(name) holds a key")
            }
        }

        @Test func thePersonIsNeverInTheLedgersMemory() async throws {
            let people = Self.people(100)
            try await create(people)
            let lines = people.map {
                #"{"body":{"email":"\#($0.email)","fullName":"\#($0.name)"}}"#
            }
            let scanner = ByteScanner(try PersonalData(lines).needles)
            let (found, scanned) = try memory("chancery-ledger").hits(scanner)
            for hit in found {
                Issue.record("the ledger's memory holds \(String(decoding: hit, as: UTF8.self))")
            }
            #expect(scanned > 4 << 20, "too little was scanned to prove anything")
            // Whoever handles them has some still.
            #expect(try !memory("chancery-gateway").hits(scanner).found.isEmpty)
        }
    }
}
