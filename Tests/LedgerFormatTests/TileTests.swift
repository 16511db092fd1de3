import LedgerFormat
import Testing

@Suite struct TileTests {
    @Test(
        arguments: [
            ("tile/0/x001/x234/067", 0, 1_234_067, 256), ("tile/0/000", 0, 0, 256),
            ("tile/6/000.p/1", 6, 0, 1), ("tile/0/x001/234.p/5", 0, 1_234, 5),
            ("tile/1/x001/000.p/255", 1, 1_000, 255), ("tile/2/999", 2, 999, 256),
        ] as [(String, Int, UInt64, Int)])
    func pathsOfTiles(text: String, level: Int, number: UInt64, width: Int) throws {
        let tile = try #require(Tile(level: level, number: number, width: width))
        #expect(TilePath.hashes(tile).text == text)
        #expect(TilePath(text) == .hashes(tile))
    }

    @Test func pathsOfBundles() {
        #expect(
            TilePath("tile/entries/x001/x234/067") == .entries(number: 1_234_067, width: 256))
        #expect(TilePath("tile/entries/000.p/7") == .entries(number: 0, width: 7))
        #expect(TilePath.entries(number: 70_000, width: 112).text == "tile/entries/x070/000.p/112")
    }

    @Test(arguments: [
        "", "tile", "tile/", "tile/0", "tile/0/", "/tile/0/000", "tile/00/000", "tile/7/000",
        "tile/64/000", "tile/-1/000", "tile/0/0", "tile/0/0000", "tile/0/x000/001", "tile/0/x001",
        "tile/0/x001/", "tile/0/001/001", "tile/0/X001/001", "tile/0/000.p/0", "tile/0/000.p/256",
        "tile/0/000.p/05", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/1/", "tile/0/000/",
        "tile/0/ 00", "tile/entries", "tile/entries/x000/000",
        "tile/0/x999/x999/x999/x999/x999/999",
        "tile/0/٠٠٠", "tile/0/../0/000",
    ]) func otherPathsAreRefused(text: String) {
        #expect(TilePath(text) == nil)
    }

    @Test func seventyThousandLeavesAsInTheSpecification() {
        let size: UInt64 = 70_000
        #expect(Tile.width(level: 0, number: 272, size: size) == 256)
        #expect(Tile.width(level: 0, number: 273, size: size) == 112)
        #expect(Tile.width(level: 0, number: 274, size: size) == 0)
        #expect(Tile.width(level: 1, number: 0, size: size) == 256)
        #expect(Tile.width(level: 1, number: 1, size: size) == 17)
        #expect(Tile.width(level: 2, number: 0, size: size) == 1)
        #expect(Tile.width(level: 3, number: 0, size: size) == 0)
        #expect(Tile.partialWidth(level: 0, size: 256) == 0)
        #expect(Tile.partialWidth(level: 1, size: 256) == 1)
        #expect(Tile.partialWidth(level: 9, size: 256) == 0)
    }

    @Test func tilesThatNoTreeHasDoNotExist() throws {
        #expect(Tile(level: 7, number: 0) == nil)
        #expect(Tile(level: -1, number: 0) == nil)
        #expect(Tile(level: 0, number: 0, width: 0) == nil)
        #expect(Tile(level: 0, number: 0, width: 257) == nil)
        #expect(Tile(level: 0, number: .max) == nil)
        let tile = try #require(Tile(level: 1, number: 2, width: 3))
        #expect(tile.nodes == (512..<515).map { TreeNode(level: 8, index: $0) })
    }

    @Test func bundlesReadBack() throws {
        let headers = try Fixtures.headers().map { $0.canonicalBytes() }
        let bundle = try EntryBundle.encode(headers)
        #expect(try EntryBundle.decode(bundle) == headers)
        #expect(try EntryBundle.decode([UInt8]()) == [])
        for count in 1..<bundle.count {
            let cut = try? EntryBundle.decode(bundle.prefix(count))
            #expect(cut.map { $0.count < headers.count } ?? true)
        }
    }

    @Test func hostileBundlesAreRefused() throws {
        #expect(throws: EntryBundleError.tooManyEntries(limit: 256)) {
            try EntryBundle.decode([UInt8](repeating: 0, count: 0) + Self.bundle(of: 257))
        }
        #expect(throws: EntryBundleError.tooManyEntries(limit: 2)) {
            try EntryBundle.decode(Self.bundle(of: 3), maxEntries: 2)
        }
        #expect(throws: EntryBundleError.entrySize(bytes: 0)) { try EntryBundle.decode([0, 0]) }
        #expect(throws: EntryBundleError.entrySize(bytes: 65_535)) {
            try EntryBundle.decode([0xFF, 0xFF, 1])
        }
        #expect(throws: EntryBundleError.truncated(offset: 0)) { try EntryBundle.decode([0]) }
        #expect(throws: EntryBundleError.truncated(offset: 2)) {
            try EntryBundle.decode([0, 2, 1])
        }
        #expect(throws: EntryBundleError.self) { try EntryBundle.encode([[]]) }
    }

    private static func bundle(of count: Int) -> [UInt8] {
        (0..<count).flatMap { _ in [0, 1, 0x7B] as [UInt8] }
    }
}
