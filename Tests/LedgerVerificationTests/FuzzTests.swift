import Foundation
import LedgerFormat
import LedgerVerification
import TestSupport
import Testing

/// Hostile bytes never crash a reader, never make it run or grow without end, and what is accepted is
/// exactly what was written. Deterministic: CHANCERY_FUZZ_SEED begins elsewhere, CHANCERY_FUZZ_RUNS says how
/// many inputs each parser gets (`make fuzz` takes many). A crash ends the test process and names the test; the
/// seed of each run is printed before it.
@Suite(.serialized) struct FuzzTests {
    static let seed = number("CHANCERY_FUZZ_SEED") ?? 1
    static let runs = Int(number("CHANCERY_FUZZ_RUNS") ?? 2_000)

    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    /// - Parameter accept: nil when the reader refuses, else the bytes that the accepted value has.
    private func fuzz(
        _ name: String, _ corpus: [[UInt8]], _ accept: ([UInt8]) -> [UInt8]?
    ) throws {
        print("fuzz \(name): seed \(Self.seed), \(Self.runs) runs")
        for sample in corpus { #expect(accept(sample) == sample, "\(name): the corpus is good") }
        var mutator = Mutator(seed: Self.seed)
        let memory = try Self.residentBytes()
        var accepted = 0
        for run in 0..<Self.runs {
            let sample = corpus[mutator.below(corpus.count)]
            let bytes = mutator.mutate(sample, with: corpus[mutator.below(corpus.count)])
            guard let written = accept(bytes) else { continue }
            accepted += 1
            #expect(written == bytes, "\(name), seed \(Self.seed), run \(run)")
        }
        let grown = try Self.residentBytes() - memory
        #expect(grown < 64 << 20, "\(name): memory grew by \(grown) bytes")
        #expect(accepted < Self.runs)
    }

    static func residentBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = try Test.unwrap(
            text.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        return pages * 4_096
    }

    @Test func notes() throws {
        let fixture = try LedgerFixture.standard()
        let notes =
            Array(fixture.notes.values) + [Array("one\n\n— a AAAAAAA=\n\n— b AAAAAAE=\n".utf8)]
        try fuzz("note", notes) { (try? SignedNote(parsing: $0))?.bytes }
        try fuzz("checkpoint", Array(fixture.notes.values)) { bytes in
            guard let note = try? SignedNote(parsing: bytes),
                let checkpoint = try? Checkpoint(parsing: note.text)
            else { return nil }
            return Array(checkpoint.noteText.utf8) + bytes.dropFirst(note.text.utf8.count)
        }
    }

    @Test func manifests() throws {
        let corpus = try [LedgerFixture.standard(), .standard(tpm: TestTPM())].flatMap { fixture in
            try [1, 2].map { try fixture.bytes(fixture.manifestPath($0)) }
        }
        try fuzz("manifest", corpus) { (try? SegmentManifest(parsing: $0))?.fileBytes() }
    }

    @Test func attestations() throws {
        let fixture = try LedgerFixture.standard()
        let body = try SegmentManifest(parsing: fixture.bytes(fixture.manifestPath(2))).body
        var tpm = TestTPM()
        let seals = try [tpm.attest(body), tpm.attest(body)]
        try fuzz("attestation", seals.map { $0.canonicalBytes() }) {
            (try? SegmentAttestation(canonical: $0))?.canonicalBytes()
        }
        let statements = seals.flatMap { [$0.certify, $0.quote] }
        // Written again by another hand than the parser's.
        try fuzz("TPMS_ATTEST", statements.map(\.attest)) {
            (try? TPMAttest(parsing: $0)).map { TPMStatement($0).bytes }
        }
        let short: [UInt8] = [0, 0x18, 0, 0x0B, 0, 1, 9, 0, 2, 0, 1]
        try fuzz("TPMT_SIGNATURE", statements.map(\.signature) + [short]) { bytes in
            (try? TPMSignature(parsing: bytes)).map { signature in
                [0, 0x18, 0, 0x0B] + TPMBytes.sized(signature.r) + TPMBytes.sized(signature.s)
            }
        }
        let key = try tpm.trustedKey()
        // What still holds after a change is what was there before.
        try fuzz("verified attestation", seals.map { $0.canonicalBytes() }) { bytes in
            guard let attestation = try? SegmentAttestation(canonical: bytes),
                (try? attestation.verifyStatements(of: body)) != nil,
                (try? attestation.verifySignatures(spki: key.publicKey)) != nil
            else { return nil }
            return attestation.canonicalBytes()
        }
    }

    @Test func receipts() throws {
        let fixture = try LedgerFixture.standard()
        let corpus = try [(0, 18), (3, 14)].map {
            try ReceiptVerifierTests.receipt(fixture, index: $0.0, size: $0.1)
        }
        try fuzz("receipt", corpus) { (try? InclusionReceipt(parsing: $0))?.bytes }
        let verifier = ReceiptVerifier(trust: fixture.trust)
        try fuzz("verified receipt", corpus) { bytes in
            (try? verifier.verify(bytes: bytes)).map { _ in bytes }
        }
    }

    @Test func headersAndCanonicalJSON() throws {
        let fixture = try LedgerFixture.standard()
        try fuzz("header", fixture.headers) { (try? EntryHeader(canonical: $0))?.canonicalBytes() }
        try fuzz("canonical JSON", fixture.headers + fixture.payloads) { bytes in
            (try? CanonicalJSON.read(bytes)).flatMap { try? CanonicalJSON.write($0) }
        }
    }

    @Test func trustFiles() throws {
        let fixture = try LedgerFixture.standard()
        let attested = try LedgerFixture(tpm: TestTPM())
        let corpus = try [fixture, attested].map { try $0.trust.encoded() }
        // White space and order are free here: what is accepted must read back as the same file.
        try fuzz("trust file", corpus) { bytes in
            guard let file = try? TrustFile(parsing: bytes) else { return nil }
            guard let again = try? file.encoded(), (try? TrustFile(parsing: again)) == file else {
                return []
            }
            return bytes
        }
    }

    @Test func tilesAndVerifierKeys() throws {
        let fixture = try LedgerFixture.standard()
        let paths = ["tile/0/000", "tile/2/x001/x234/067.p/12", "tile/entries/x999/000.p/255"]
        try fuzz("tile path", paths.map { Array($0.utf8) }) { bytes in
            TilePath(String(decoding: bytes, as: UTF8.self)).map { Array($0.text.utf8) }
        }
        try fuzz("bundle", [try EntryBundle.encode(fixture.headers)]) { bytes in
            (try? EntryBundle.decode(bytes)).flatMap { try? EntryBundle.encode($0) }
        }
        let key = try #require(fixture.keys.logKey().noteKey)
        try fuzz("verifier key", [Array(key.vkey.utf8)]) { bytes in
            NoteKey(vkey: String(decoding: bytes, as: UTF8.self)).map { Array($0.vkey.utf8) }
        }
    }

    /// Whole files: a sealed one that was changed is never verified, an active one never crashes a reader.
    @Test func segments() async throws {
        let fixture = try LedgerFixture.standard()
        var mutator = Mutator(seed: Self.seed)
        let sealed = try fixture.bytes(fixture.path(2))
        let active = try fixture.bytes(fixture.path(3))
        let runs = max(40, Self.runs / 20)
        print("fuzz segment: seed \(Self.seed), \(runs) runs")
        let memory = try FuzzTests.residentBytes()
        for run in 0..<runs {
            let isSealed = mutator.below(2) == 0
            let path = fixture.path(isSealed ? 2 : 3)
            let intact = isSealed ? sealed : active
            let bytes = mutator.mutateDatabase(intact)
            try fixture.write(bytes, to: path)
            let report = await fixture.verify()
            if isSealed, bytes != intact {
                #expect(report.outcome == .failed, "seed \(Self.seed), run \(run)")
            }
            try fixture.write(intact, to: path)
        }
        let grown = try FuzzTests.residentBytes() - memory
        #expect(grown < 128 << 20, "memory grew by \(grown) bytes")
        #expect(await fixture.failure() == "none")
    }
}
