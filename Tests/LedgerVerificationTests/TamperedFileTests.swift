import Foundation
import GRDB
import LedgerFormat
import LedgerVerification
import Testing

/// Files as failures name them.
enum EvidenceName {
    static func of(_ path: String) -> String { (path as NSString).lastPathComponent }
}

/// Files cut, copied, renamed, swapped, replaced, or made to do something when opened.
struct TamperedFileTests {
    @Test func swappedSealedSegmentsAreNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try swap(fixture.path(1), fixture.path(2), fixture)
        #expect(await fixture.failure() == "segment-row 1/-")
    }

    @Test func swappedSealedSegmentsWithManifestsAreNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try swap(fixture.path(1), fixture.path(2), fixture)
        try swap(fixture.manifestPath(1), fixture.manifestPath(2), fixture)
        #expect(await fixture.failure() == "manifest-mismatch 1/-")
    }

    @Test(arguments: [0, 50, 4_096, 20_000])
    func truncatedFileIsNamed(_ size: Int) async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.write(Array(fixture.bytes(fixture.path(2)).prefix(size)), to: fixture.path(2))
        let failure = try #require(await fixture.verify().failure)
        #expect(failure.segment == 2)
        #expect(failure.file == SegmentSchema.fileName(segment: 2))
    }

    @Test func appendedByteIsFound() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.write(fixture.bytes(fixture.path(1)) + [0], to: fixture.path(1))
        #expect(await fixture.failure() == "file-hash 1/-")
    }

    /// A byte that no entry owns: in the free space of a page.
    @Test func unownedByteIsFoundByTheFileHash() async throws {
        let fixture = try LedgerFixture.standard()
        let bytes = try fixture.bytes(fixture.path(1))
        let gap = try #require(bytes.firstRange(of: [UInt8](repeating: 0, count: 64)))
        try fixture.flipByte(of: fixture.path(1), at: gap.lowerBound + 32)
        #expect(await fixture.failure() == "file-hash 1/-")
    }

    /// The schema is compared before any table is asked anything, so none of this ever runs.
    @Test(
        arguments: [
            "CREATE TABLE extra (x)", "CREATE INDEX extra ON entry (payload)",
            "CREATE VIEW extra AS SELECT 1",
            "CREATE TRIGGER extra AFTER INSERT ON entry BEGIN DELETE FROM boundary; END",
            "ALTER TABLE published RENAME TO replaced",
            "DROP TABLE published",
            "DROP TABLE entry; CREATE VIEW entry AS SELECT 0 AS idx, x'' AS header, x'' AS payload",
            "DROP TRIGGER entry_no_delete",
            """
            DROP TRIGGER entry_no_delete;
            CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT 1; END
            """,
        ], [UInt64(1), 3])
    func hostileSchemaIsRefused(_ sql: String, _ segment: UInt64) async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.execute(segment, sql)
        #expect(await fixture.failure() == "schema \(segment)/-")
    }

    @Test(arguments: ["PRAGMA application_id=7", "PRAGMA user_version=2"])
    func otherIdentityIsRefused(_ sql: String) async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.execute(3, sql)
        #expect(await fixture.failure() == "schema 3/-")
    }

    /// A write-ahead log beside it could change what others read of a file that still has its hash.
    @Test func sealedFileInWriteAheadModeIsRefused() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.seal()
        try fixture.execute(1, "PRAGMA journal_mode=WAL")
        try fixture.writeManifest(1, previous: nil)
        #expect(await fixture.failure() == "schema 1/-")
    }

    /// Other bytes that Swift's `==` takes for the same text: a Kelvin sign for a K.
    @Test func originIsComparedByteForByte() async throws {
        let fixture = try LedgerFixture(origin: "K.localhost/g1")
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.close()
        #expect(await fixture.verify(trust: .some(nil)).failure == nil)
        try fixture.rewrite(1) {
            try $0.execute(sql: "UPDATE segment SET origin = '\u{212A}.localhost/g1'")
        }
        #expect(await fixture.verify(trust: .some(nil)).failure?.code == .segmentRow)
    }

    @Test func secondSegmentRowIsRefused() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.rewrite(3) {
            try $0.execute(sql: "INSERT INTO segment VALUES (9, 1, 1, 0, 'x/g1', NULL)")
        }
        #expect(await fixture.failure() == "segment-row 3/-")
    }

    @Test func duplicateSegmentIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.write(fixture.bytes(fixture.path(3)), to: fixture.path(4))
        #expect(await fixture.failure() == "segment-row 4/-")
    }

    @Test func segmentGivenTwiceIsNamed() throws {
        let fixture = try LedgerFixture.standard()
        let copy = fixture.directory.file(SegmentSchema.fileName(segment: 1))
        try fixture.write(fixture.bytes(fixture.path(1)), to: copy)
        let failure = #expect(throws: VerificationFailure.self) {
            try LedgerEvidence(files: [fixture.path(1), copy])
        }
        #expect(failure?.code == .segmentDuplicate)
    }

    @Test func foreignActiveSegmentIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        let other = try LedgerFixture.standard()
        try fixture.write(other.bytes(other.path(3)), to: fixture.path(3))
        #expect(await fixture.failure() == "chain 3/14")
    }

    @Test func segmentOfOtherOriginIsNamed() async throws {
        let keys = try TestKeys()
        let other = try LedgerFixture(keys: keys, origin: "other.localhost/g1")
        try other.begin()
        try other.group([.audit()])
        try other.close()
        let fixture = try LedgerFixture(keys: keys)
        try fixture.write(other.bytes(other.path(1)), to: fixture.path(1))
        #expect(await fixture.failure() == "foreign-segment 1/-")
    }

    @Test func foreignSealedSegmentIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        let other = try LedgerFixture.standard()
        try fixture.write(other.bytes(other.path(2)), to: fixture.path(2))
        try fixture.write(other.bytes(other.manifestPath(2)), to: fixture.manifestPath(2))
        // Its audit key is the same, its history is not.
        #expect(await fixture.failure() == "manifest-chain 2/-")
    }

    @Test(arguments: ["segment-2.sqlite", "segment-00000002.SQLITE.sqlite", "other.manifest"])
    func wrongFileNameIsNamed(_ name: String) async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.rename(
            fixture.path(2), to: (fixture.ledger as NSString).appendingPathComponent(name))
        let failure = try #require(await fixture.verify().failure)
        #expect(failure.code == .fileName)
        #expect(failure.file == name)
    }

    @Test func missingMiddleSegmentIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try FileManager.default.removeItem(atPath: fixture.path(2))
        try FileManager.default.removeItem(atPath: fixture.manifestPath(2))
        #expect(await fixture.failure() == "segment-missing 2/-")
    }

    @Test func missingFirstSegmentIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try FileManager.default.removeItem(atPath: fixture.path(1))
        try FileManager.default.removeItem(atPath: fixture.manifestPath(1))
        #expect(await fixture.failure() == "segment-missing 1/-")
    }

    @Test func endCutOffBehindManifestIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try FileManager.default.removeItem(atPath: fixture.path(3))
        try FileManager.default.removeItem(atPath: fixture.path(2))
        #expect(await fixture.failure() == "segment-missing 2/-")
    }

    @Test func emptyDirectoryIsNoLedger() async throws {
        let fixture = try LedgerFixture()
        #expect(await fixture.failure() == "no-segments -/-")
    }

    @Test func fileThatIsNoDatabaseIsRefused() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.write((0..<9_000).map { UInt8(truncatingIfNeeded: $0) }, to: fixture.path(3))
        #expect(await fixture.failure() == "database 3/-")
    }

    /// Opening a FIFO waits for a writer; a link may lead anywhere.
    @Test(arguments: [0, 1, 2]) func whatIsNoRegularFileIsRefusedUnopened(_ kind: Int) async throws
    {
        let fixture = try LedgerFixture.standard()
        for segment in [UInt64(1), 3] {
            let path = fixture.path(segment)
            try fixture.rename(path, to: path + ".aside")
            switch kind {
            case 0: try #require(mkfifo(path, 0o600) == 0)
            case 1:
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: false)
            default:
                try FileManager.default.createSymbolicLink(
                    atPath: path, withDestinationPath: path + ".aside")
            }
            let failure = try #require(await fixture.verify().failure)
            #expect(failure.code == .unreadable)
            #expect(failure.file == EvidenceName.of(path))
            try FileManager.default.removeItem(atPath: path)
            try fixture.rename(path + ".aside", to: path)
        }
    }

    /// Evidence is what lies in the directory, not what lies where a link leads.
    @Test(arguments: [false, true])
    func manifestThatIsALinkIsRefused(_ leadsNowhere: Bool) async throws {
        let fixture = try LedgerFixture.standard()
        let target = fixture.directory.file("manifest")
        try fixture.rename(fixture.manifestPath(2), to: target)
        try FileManager.default.createSymbolicLink(
            atPath: fixture.manifestPath(2), withDestinationPath: target)
        if leadsNowhere { try FileManager.default.removeItem(atPath: target) }
        for evidence in [
            try LedgerEvidence(directory: fixture.ledger),
            try LedgerEvidence(files: (1...3).map { fixture.path($0) }),
        ] {
            let failure = try #require(await evidence.verify(trust: fixture.trust).failure)
            #expect(failure.code == .unreadable)
            #expect(failure.file == EvidenceName.of(fixture.manifestPath(2)))
        }
    }

    @Test(arguments: ["-wal", "-journal"]) func logThatIsAFIFOIsRefusedUnopened(_ suffix: String)
        async throws
    {
        let fixture = try LedgerFixture.standard()
        try? FileManager.default.removeItem(atPath: fixture.path(3) + suffix)
        try #require(mkfifo(fixture.path(3) + suffix, 0o600) == 0)
        #expect(await fixture.verify().failure?.code == .unreadable)
    }

    /// The entries that only the log holds are evidence; their file was taken away.
    @Test(arguments: ["-wal", "-journal"])
    func logWithoutItsSegmentIsNamed(_ suffix: String) async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.write([1, 2, 3], to: fixture.path(4) + suffix)
        let failure = try #require(await fixture.verify().failure)
        #expect(failure.code == .segmentMissing)
        #expect(failure.segment == 4)
        #expect(failure.file == SegmentSchema.fileName(segment: 4) + suffix)
    }

    @Test func manifestChainCutAtTheEndIsFound() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.seal()
        try fixture.begin()
        try fixture.groupSealed()
        try fixture.seal()
        #expect(await fixture.failure() == "none")
        try FileManager.default.removeItem(atPath: fixture.manifestPath(2))
        #expect(await fixture.failure() == "manifest-missing 2/-")
        try FileManager.default.removeItem(atPath: fixture.manifestPath(1))
        #expect(await fixture.failure() == "segment-sealed 2/2")
    }

    @Test func sealOfALaterSegmentIsRefused() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.group([.sealed(1, manifestHash: .zero)])
        try fixture.close()
        #expect(await fixture.failure() == "segment-sealed 1/2")
    }

    private func swap(_ one: String, _ other: String, _ fixture: LedgerFixture) throws {
        try fixture.rename(one, to: one + ".aside")
        try fixture.rename(other, to: one)
        try fixture.rename(one + ".aside", to: other)
    }
}
