import Foundation
import Testing

extension ProcessTests {
    /// What an import leaves on the disk.
    @Suite(.serialized, .runningStack)
    struct Privacy {
        let stack: Stack

        init() throws { stack = try #require(Stack.current) }

        @Test func noPersonalByteOfAnImportStandsInAnyFile() async throws {
            let lines = try examples(400)
            let file = stack.home.directory + "/some.ndjson"
            try (lines.joined(separator: "\n") + "\n").write(
                toFile: file, atomically: true, encoding: .utf8)

            let imported = try stack.home.chancery("import", file)
            try #require(imported.status == 0, "\(imported.said)\n\(stack.home.logs)")
            #expect(imported.output.contains("\(lines.count) written"), "\(imported.output)")
            let again = try stack.home.chancery("import", file)
            #expect(
                again.output.contains("0 written, \(lines.count) already there"), "\(again.said)")

            let secrets = try personalData(lines)
            #expect(secrets.count > 700)
            // Reads, a duplicate and bad input go through logs and errors too.
            let email = try #require(secrets.first)
            _ = try await stack.api.find(email: email)
            _ = try await stack.api.create(email: email)
            _ = try await stack.api.create(#"{"email":"\#(email)","oops":"\#(email)"}"#)
            expectAbsent(secrets, "while running")
            #expect(try stack.home.chancery("seal").status == 0)
            expectAbsent(secrets, "after a seal")
            #expect(try stack.home.chancery("rebuild").status == 0)
            expectAbsent(secrets, "after a rebuild")
            #expect(try stack.home.chancery("down").status == 0)
            expectAbsent(secrets, "after a stop")
            try stack.up()
        }

        /// The first creates, with their follow-ups.
        private func examples(_ count: Int) throws -> [String] {
            try String(contentsOfFile: Repository.examples, encoding: .utf8)
                .split(separator: "\n").prefix(count).map(String.init)
        }

        /// Every email, and every name of at least eight bytes: shorter ones occur by chance.
        private func personalData(_ lines: [String]) throws -> [String] {
            var result: [String] = []
            for line in lines {
                let body = try #require(JSON(line.utf8)?["body"])
                if let email = body["email"]?.string { result.append(email) }
                if let name = body["fullName"]?.string, name.utf8.count >= 8 { result.append(name) }
            }
            return result
        }

        private func expectAbsent(_ secrets: [String], _ when: String) {
            let scanner = ByteScanner(secrets.map { Array($0.utf8) })
            let names =
                (try? FileManager.default.subpathsOfDirectory(atPath: stack.home.root)) ?? []
            var scanned = 0
            for name in names {
                // A file may vanish between listing and reading (WAL, temporary files); sockets do not open.
                guard
                    let data = try? Data(
                        contentsOf: URL(fileURLWithPath: stack.home.root + "/" + name))
                else { continue }
                scanned += data.count
                for hit in scanner.hits(in: [UInt8](data)) {
                    Issue.record("\(when): \(name) holds \(String(decoding: hit, as: UTF8.self))")
                }
            }
            #expect(scanned > 500_000, "\(when): too little was scanned to prove anything")
        }
    }
}
