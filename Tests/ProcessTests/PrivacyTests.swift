import Foundation
import Testing

extension ProcessTests {
    /// What an import leaves on the disk.
    @Suite(.serialized, .runningStack)
    struct Privacy {
        let stack: Stack

        init() throws { stack = try #require(Stack.current) }

        @Test func noPersonalByteOfAnImportStandsInAnyFile() async throws {
            let lines = try examples()
            let file = stack.home.directory + "/examples.ndjson"
            try (lines.joined(separator: "\n") + "\n").write(
                toFile: file, atomically: true, encoding: .utf8)
            let imported = try stack.home.chancery("import", file)
            try #require(imported.status == 0, "\(imported.said)\n\(stack.home.logs)")
            let again = try stack.home.chancery("import", file)
            #expect(again.output.hasPrefix("0 "), "\(again.said)")

            let secrets = try PersonalData(lines)
            #expect(secrets.emails.count > 9_000 && secrets.names.count > 4_000)
            let census = try LedgerCensus(stack.home)
            #expect(census.creates == secrets.emails.count, "all of them were imported")
            // Reads, a duplicate and bad input go through logs and errors too.
            let email = try #require(secrets.emails.first)
            let purpose = try #require(lines.first.flatMap { JSON($0.utf8)?["purpose"]?.string })
            #expect(try await stack.api.find(email: email, purpose: purpose).found.count == 1)
            #expect(try await stack.api.create(email: email).status == 409)
            _ = try await stack.api.create(#"{"email":"\#(email)","oops":"\#(email)"}"#)

            let scanner = ByteScanner(try secrets.needles)
            try stack.expectAbsent(scanner, "while running")
            #expect(try stack.home.chancery("seal").status == 0)
            #expect(try stack.home.chancery("rebuild").status == 0)
            try stack.expectAbsent(scanner, "after a seal and a rebuild")
            #expect(try stack.home.chancery("down").status == 0)
            try stack.expectAbsent(scanner, "after a stop")
            try stack.up()
        }

        /// What the scan would find if it were there, in every form that it looks for.
        @Test func scanFindsWhatItLooksFor() throws {
            let email = "Zoë.Müller@Bücher.example"
            let secrets = try PersonalData([
                #"{"op":"createContact","body":{"email":"\#(email)","fullName":"Zoë Müller"}}"#
            ])
            let scanner = ByteScanner(try secrets.needles)
            let canonical = "zoë.müller@xn--bcher-kva.example"
            for text in [email, canonical, "Zoë Müller"] {
                let bytes = Array(text.utf8)
                #expect(!scanner.hits(in: Data([1, 2, 3] + bytes + [4])).isEmpty, "\(text)")
                for shift in 0..<3 {
                    let shifted = Data([UInt8](repeating: 0xA5, count: shift) + bytes + [0x5A])
                    let encoded = Data(shifted.base64EncodedString().utf8)
                    #expect(!scanner.hits(in: encoded).isEmpty, "\(text), base64 at \(shift)")
                }
            }
            #expect(scanner.hits(in: Data("somebody.else@example.org, Zo Muller".utf8)).isEmpty)
        }

        private func examples() throws -> [String] {
            try String(contentsOfFile: Repository.examples, encoding: .utf8)
                .split(separator: "\n").map(String.init)
        }
    }
}

extension Stack {
    /// In any file of the data directory, and beside it in what the software TPM keeps.
    ///
    /// - Parameter least: bytes below which too little was looked at to prove anything.
    func expectAbsent(
        _ scanner: ByteScanner, _ when: String, least: Int = 10 << 20
    ) throws {
        var scanned = 0
        for root in [home.root, home.tpm] {
            for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
                // A file may vanish between listing and reading (WAL, temporary files); sockets do not open.
                let path = root + "/" + name
                guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
                    continue
                }
                scanned += data.count
                for hit in scanner.hits(in: data) {
                    Issue.record("\(when): \(name) holds \(String(decoding: hit, as: UTF8.self))")
                }
            }
        }
        print("privacy, \(when): \(scanned >> 20) MiB scanned for \(scanner.count) byte strings")
        #expect(scanned > least, "\(when): too little was scanned to prove anything")
    }
}
