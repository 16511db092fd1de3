import Foundation
import LedgerFormat
import LedgerVerification
import TestSupport
import Testing

/// Invariant 6 of the design, by trying: a changed byte anywhere in any file of a sealed ledger is found, and
/// the entry that owns it is named, or the file where no entry does.
///
/// CI takes every 97th byte; `make tamper` takes all (CHANCERY_TAMPER_STRIDE=1).
struct TamperSweepTests {
    static let stride =
        ProcessInfo.processInfo.environment["CHANCERY_TAMPER_STRIDE"]
        .flatMap { Int($0) }.map { max(1, $0) } ?? 97

    @Test func everyChangedByteOfSealedLedgerIsFoundAndNamed() async throws {
        let fixture = try Self.sealedLedger()
        #expect(await fixture.failure() == "none")
        var flipped = 0
        for segment in [UInt64(1), 2] {
            for path in [fixture.path(segment), fixture.manifestPath(segment)] {
                flipped += try await sweep(path, segment: segment, fixture)
            }
        }
        #expect(await fixture.failure() == "none")
        print("tamper sweep: \(flipped) bytes changed, stride \(Self.stride)")
        #expect(flipped > 200)
    }

    /// Two sealed and attested segments whose entries and checkpoints are all different bytes.
    static func sealedLedger() throws -> LedgerFixture {
        let fixture = try LedgerFixture(tpm: TestTPM())
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.group([.subject(1), .subject(2), .audit()])
        try fixture.publish()
        try fixture.seal()
        try fixture.begin()
        try fixture.groupSealed()
        try fixture.group([.subject(1), .audit()])
        try fixture.seal()
        return fixture
    }

    private func sweep(
        _ path: String, segment: UInt64, _ fixture: LedgerFixture
    ) async throws -> Int {
        let intact = try fixture.bytes(path)
        let owners = path.hasSuffix(".sqlite") ? owners(intact, fixture) : []
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        defer { try? file.close() }
        var flipped = 0
        for at in Swift.stride(from: segment == 1 ? 0 : 13, to: intact.count, by: Self.stride) {
            try write(intact[at] ^ UInt8(1 << (at % 8)), at, file)
            let failure = await fixture.verify().failure
            try write(intact[at], at, file)
            flipped += 1
            guard let failure else {
                Issue.record("byte \(at) of \(path) was changed and nothing found")
                continue
            }
            #expect(failure.segment == segment, "byte \(at) of \(path): \(failure)")
            if let owner = owners.first(where: { $0.bytes.contains(at) }) {
                let last = try #require(failure.index, "byte \(at) of \(path): \(failure)")
                #expect(
                    (failure.indexFrom ?? last)...last ~= owner.index,
                    "byte \(at) of entry \(owner.index): \(failure)")
            } else {
                #expect(failure.file == EvidenceName.of(path), "byte \(at) of \(path): \(failure)")
            }
        }
        return flipped
    }

    private func write(_ byte: UInt8, _ at: Int, _ file: FileHandle) throws {
        try file.seek(toOffset: UInt64(at))
        try file.write(contentsOf: Data([byte]))
    }

    /// Where headers, payloads and group checkpoints lie in a segment file, and the entry that owns each.
    private func owners(
        _ file: [UInt8], _ fixture: LedgerFixture
    ) -> [(bytes: Range<Int>, index: UInt64)] {
        var blobs: [(bytes: [UInt8], index: UInt64)] = []
        for index in fixture.headers.indices {
            blobs.append((fixture.headers[index], UInt64(index)))
            blobs.append((fixture.payloads[index], UInt64(index)))
        }
        for (size, note) in fixture.notes { blobs.append((note, size - 1)) }
        // A published checkpoint is the same bytes again: it is found where it stands first, and no owner is
        // expected of the other place.
        return blobs.compactMap { blob in
            file.firstRange(of: blob.bytes).map { ($0, blob.index) }
        }
    }
}
