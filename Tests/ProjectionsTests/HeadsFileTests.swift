import Foundation
import LedgerFormat
import Testing

@testable import Projections

@Suite struct HeadsFileTests {
    private static func tag(_ number: Int) throws -> SubjectTag {
        var bytes = [UInt8](repeating: 0, count: 16)
        bytes[0] = UInt8(number >> 8)
        bytes[1] = UInt8(number & 0xFF)
        return try #require(SubjectTag(bytes))
    }

    /// Subjects of even numbers, each with one to three streams.
    private static func heads(_ subjects: Int) throws -> [SubjectHeads.Head] {
        try (0..<subjects).flatMap { number in
            try [EntryStream.audit, .contact, .sharing].prefix(1 + number % 3).map { stream in
                SubjectHeads.Head(
                    tag: try tag(number * 2), stream: stream, lastIndex: UInt64(number),
                    version: 1 + UInt64(number % 5))
            }
        }
    }

    private static func write(_ heads: [SubjectHeads.Head], _ views: Views) throws -> String {
        let path = views.directory + "/" + HeadsFile.fileName
        let writer = try HeadsWriter(path: path)
        for head in heads { try writer.append(head) }
        #expect(try writer.root == SubjectHeads.root(sorted: heads))
        try writer.finish(segment: 7)
        return path
    }

    @Test(arguments: [0, 1, 2, 3, 100, 127, 128, 129, 300, 1_000])
    func everyHeadIsProvedWithItsNeighbours(subjects: Int) throws {
        let views = try Views()
        let heads = try Self.heads(subjects)
        let file = try #require(HeadsFile(path: try Self.write(heads, views)))
        #expect(file.segment == 7 && file.count == UInt64(heads.count))
        #expect(try file.root == SubjectHeads.root(sorted: heads))
        for number in stride(from: 0, to: subjects * 2 + 1, by: max(1, subjects / 20)) {
            let tag = try Self.tag(number)
            let found = try file.heads(of: tag)
            let mine = heads.indices.filter { heads[$0].tag == tag }
            let next = heads.firstIndex { tag < $0.tag } ?? heads.count
            let first = (mine.first ?? next) - 1
            let expected = max(0, first)..<min(heads.count, next + 1)
            #expect(found.map(\.place) == expected.map(UInt64.init))
            #expect(found.map(\.head) == Array(heads[expected]))
            for (place, head) in found {
                try MerkleProof.verifyInclusion(
                    leaf: head.leafHash, index: place, size: file.count,
                    proof: file.proof(of: place), root: file.root)
            }
        }
    }

    @Test func whatIsCutOrAnothersIsNoFile() throws {
        let views = try Views()
        let path = try Self.write(Self.heads(600), views)
        let heads = try Self.heads(600)
        let records = HeadsFile.headerBytes + HeadsFile.recordBytes * heads.count
        #expect(HeadsFile(path: path + ".no") == nil)
        for bytes in [0, 8, 55] {
            #expect(truncate(path, off_t(bytes)) == 0)
            #expect(HeadsFile(path: path) == nil)
        }
        _ = try Self.write(Self.heads(600), views)
        #expect(truncate(path, off_t(records - 1)) == 0)
        let cut = try #require(HeadsFile(path: path))
        #expect(throws: ProjectionError.self) { try cut.proof(of: cut.count - 1) }
        try Data("CHHEADS2".utf8).write(to: URL(fileURLWithPath: path))
        #expect(HeadsFile(path: path) == nil)
    }

    @Test func headsOutOfOrderAreRefused() throws {
        let views = try Views()
        let heads = try Self.heads(3)
        let writer = try HeadsWriter(path: views.directory + "/" + HeadsFile.fileName)
        try writer.append(heads[1])
        #expect(throws: SubjectHeadsError.notSorted) { try writer.append(heads[0]) }
        #expect(throws: SubjectHeadsError.notSorted) { try writer.append(heads[1]) }
    }
}
