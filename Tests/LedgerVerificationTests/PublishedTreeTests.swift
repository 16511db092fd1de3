import Foundation
import LedgerFormat
import Synchronization
import Testing

import LedgerVerification

/// A tree as it is served: everything there is checked, and nothing that lies passes.
struct PublishedTreeTests {
    @Test(arguments: [2, 255, 256, 257, 600])
    func publishedTreeIsVerified(_ size: Int) async throws {
        let (fixture, source) = try served(size)
        let report = await verify(fixture, source)
        #expect(report.failure == nil)
        #expect(report.outcome == .verified)
        #expect(report.entries == UInt64(size))
        #expect(report.root == fixture.frontier.root.hex)
        // Every tile that there is was looked at.
        #expect(source.asked.count == source.files.count)
    }

    @Test func treeThatGrewMeanwhileIsVerified() async throws {
        let (fixture, source) = try served(600)
        // Partial tiles are gone; the full ones begin with them.
        var files = source.files
        for (path, bytes) in files where path.contains(".p/") {
            let full = String(path.prefix(upTo: try #require(path.range(of: ".p/")).lowerBound))
            files[path] = nil
            // Whatever follows is not asked about.
            files[full] =
                path.hasPrefix("tile/entries/")
                ? try bytes + EntryBundle.encode([[1, 2, 3]])
                : bytes + [UInt8](repeating: 9, count: 32)
        }
        let report = await verify(fixture, MemoryTiles(files))
        #expect(report.failure == nil)
    }

    @Test func everyChangedFileIsFound() async throws {
        let (fixture, source) = try served(300)
        var random = Mutator(seed: 7)
        for (path, bytes) in source.files {
            for _ in 0..<4 {
                var changed = bytes
                changed[random.below(bytes.count)] ^= UInt8(1 << random.below(8))
                var files = source.files
                files[path] = changed
                let report = await verify(fixture, MemoryTiles(files))
                #expect(report.outcome == .failed, "\(path)")
            }
            var files = source.files
            files[path] = nil
            #expect(await verify(fixture, MemoryTiles(files)).outcome == .failed, "\(path)")
        }
    }

    @Test func headerThatTheTileDoesNotHaveIsNamed() async throws {
        let (fixture, source) = try served(300)
        let path = "tile/entries/000"
        let bytes = try #require(source.files[path])
        let header = fixture.headers[77]
        let at = try #require(bytes.firstRange(of: header)).lowerBound
        let actor = try fixture.offset(of: "tester", inHeader: 77)
        var changed = bytes
        changed[at + actor] = 0x55
        var files = source.files
        files[path] = changed
        let failure = await verify(fixture, MemoryTiles(files)).failure
        #expect(failure?.code == .header)
        #expect(failure?.index == 77)
    }

    @Test func receiptOfACutTreeIsMissed() async throws {
        let (fixture, source) = try served(300)
        let bytes = try ReceiptVerifierTests.receipt(fixture, index: 3, size: 300)
        let claim = TreeClaim(
            try ReceiptVerifier(trust: fixture.trust).verify(bytes: bytes), source: "receipt")
        let whole = await PublishedTreeVerifier(source: source, trust: fixture.trust)
            .verify(claims: [claim])
        #expect(whole.receiptsCompared == ["receipt"])
        let small = try served(fixture, size: 2)
        let cut = await PublishedTreeVerifier(source: small, trust: fixture.trust)
            .verify(claims: [claim])
        #expect(cut.failure?.code == .receiptMismatch)
    }

    @Test func withoutTrustFileTheTreeIsVerifiedInPart() async throws {
        let (_, source) = try served(300)
        let report = await PublishedTreeVerifier(source: source, trust: nil).verify()
        #expect(report.failure == nil)
        #expect(report.outcome == .partial)
    }

    // MARK: - Serving

    private func verify(_ fixture: LedgerFixture, _ source: MemoryTiles) async -> VerificationReport
    {
        await PublishedTreeVerifier(source: source, trust: fixture.trust).verify()
    }

    private func served(_ size: Int) throws -> (LedgerFixture, MemoryTiles) {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        if size > 2 { try fixture.group((2..<size).map { .subject(UInt8($0 % 200)) }) }
        try fixture.close()
        return (fixture, try served(fixture, size: UInt64(size)))
    }

    private func served(_ fixture: LedgerFixture, size: UInt64) throws -> MemoryTiles {
        MemoryTiles(try PublishedFiles.of(fixture, size: size))
    }
}

/// What a log would serve of a fixture.
enum PublishedFiles {
    static func of(_ fixture: LedgerFixture, size: UInt64) throws -> [String: [UInt8]] {
        var files = ["checkpoint": try Test.unwrap(fixture.notes[size])]
        var hashes: [TreeNode: Digest32] = [:]
        var tree = MerkleFrontier()
        for leaf in fixture.leaves.prefix(Int(size)) { tree.append(leaf) { hashes[$0] = $1 } }
        for level in 0...LedgerLimits.maxTileLevel {
            var number: UInt64 = 0
            while true {
                let width = Tile.width(level: level, number: number, size: size)
                guard let tile = Tile(level: level, number: number, width: width) else { break }
                files[TilePath.hashes(tile).text] = try tile.nodes.flatMap {
                    try Test.unwrap(hashes[$0]).bytes
                }
                if level == 0 {
                    let first = Int(number) * LedgerLimits.tileWidth
                    files[TilePath.entries(number: number, width: width).text] =
                        try EntryBundle.encode(Array(fixture.headers[first..<first + width]))
                }
                number += 1
            }
        }
        return files
    }
}

final class MemoryTiles: TileSource {
    let files: [String: [UInt8]]
    private let log = Mutex<Set<String>>([])

    init(_ files: [String: [UInt8]]) {
        self.files = files
    }

    var asked: Set<String> { log.withLock { $0 } }

    func fetch(_ path: String, atMost limit: Int) async throws(VerificationFailure) -> [UInt8]? {
        log.withLock { _ = $0.insert(path) }
        guard let bytes = files[path] else { return nil }
        guard bytes.count <= limit else { throw VerificationFailure(.unreadable, "too large") }
        return bytes
    }
}
