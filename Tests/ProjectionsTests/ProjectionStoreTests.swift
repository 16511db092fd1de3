import ContactModel
import Foundation
import LedgerFormat
import Testing

@testable import Projections

@Suite struct ProjectionStoreTests {
    @Test func entriesOutOfOrderAreRefusedAndLeaveNothing() throws {
        let views = try Views()
        let store = try views.open()
        try store.apply([Views.entry(0)])
        for wrong in [[Views.entry(0)], [Views.entry(2)], [Views.entry(1), Views.entry(3)]] {
            #expect { try store.apply(wrong) } throws: {
                ($0 as? ProjectionError)?.code == .outOfOrder
            }
            #expect(store.size == 1)
        }
        try store.apply([Views.entry(1), Views.entry(2)])
        #expect(store.size == 3)
        store.close()
    }

    @Test func aFileOfAnotherOriginIsUnusable() throws {
        let views = try Views()
        try views.open().close()
        #expect { try views.open(origin: "other.localhost/g1") } throws: {
            ($0 as? ProjectionError)?.code == .unusable
        }
    }

    @Test func aFileThatIsNoDatabaseIsUnusable() throws {
        let views = try Views()
        try Data(repeating: 7, count: 8_192).write(to: URL(fileURLWithPath: views.path))
        #expect { try views.open() } throws: { ($0 as? ProjectionError)?.code == .unusable }
        try ProjectionStore.delete(path: views.path)
        try views.open().close()
    }

    /// Sizes up to two full tiles and a bit, appended in steps that cross tile borders, and reopened.
    @Test(arguments: [7, 255, 256, 257]) func tilesGrowTheSameInAnyStep(step: Int) throws {
        let views = try Views()
        let total = 600
        let leaves = (0..<total).map { Views.leaf(UInt64($0)) }
        var store = try views.open()
        var size = 0
        while size < total {
            let next = min(size + step, total)
            try store.apply((size..<next).map { Views.entry(UInt64($0)) })
            size = next
            if size.isMultiple(of: 3) {
                store.close()
                store = try views.open()
                #expect(store.size == UInt64(size))
            }
        }
        for size in [1, 2, 3, 255, 256, 257, 511, 512, 513, 600] {
            let root = try MerkleProof.root(size: UInt64(size), reader: store.nodes)
            #expect(root == MerkleTree.root(ofLeaves: leaves.prefix(size)))
        }
        store.close()
    }

    @Test func aTileIsServedOnlyAsWideAsItIs() throws {
        let views = try Views()
        let store = try views.open()
        try store.apply((0..<300).map { Views.entry(UInt64($0)) })
        let cases: [(level: Int, number: UInt64, width: Int, isThere: Bool)] = [
            (0, 0, 256, true), (0, 1, 44, true), (0, 1, 45, false), (0, 2, 1, false),
            (1, 0, 1, true), (1, 0, 2, false),
        ]
        for (level, number, width, isThere) in cases {
            let tile = try #require(Tile(level: level, number: number, width: width))
            let hashes = try? store.nodes.hashes(of: tile.nodes)
            #expect((hashes != nil) == isThere)
            if let hashes { #expect(hashes.count == width) }
        }
        store.close()
    }

    @Test func headsComeInTheOrderOfTheirTree() throws {
        let views = try Views()
        let store = try views.open()
        var entries: [ProjectedEntry] = []
        let tags = (0..<20).map { _ in SubjectTag.random() }
        for stream in [EntryStream.provenance, .contact, .audit, .consent] {
            for tag in tags {
                entries.append(Views.entry(UInt64(entries.count), stream: stream, subject: tag))
            }
        }
        try store.apply(entries)
        var tree = SubjectHeadsTree()
        var count = 0
        // `append` throws unless sorted.
        try store.read { reader in
            try reader.forEachHead { head in
                try tree.append(head)
                count += 1
            }
        }
        #expect(count == 80)
        store.close()
    }

    @Test func anErasedContactLeavesNoRow() throws {
        let views = try Views()
        let store = try views.open()
        let tag = SubjectTag.random()
        let value = try #require(
            EncryptedValue(
                authTag: Data(count: 16), ciphertext: Data([1]), iv: Data(count: 12),
                keyId: "DEK-20260101"))
        let created = ContactCreated(
            contactId: value, email: value, entity: UUID().uuidString, fullName: nil)
        try store.apply([
            Views.entry(0, stream: .contact, subject: tag, event: .contactCreated(created))
        ])
        #expect(try store.read { try $0.contactHead(subject: tag) } == nil)
        #expect(
            try store.decide { try $0.state(of: tag).streams[.contact] }
                == StreamHead(lastIndex: 0, version: 1))
        store.close()
    }

    /// FORMAT 9.1: the audit entry alone says where its append began.
    @Test func idempotencyRecordsFollowFromTheAuditEntry() throws {
        let views = try Views()
        let store = try views.open()
        let (key, request) = (Views.leaf(1_000), Views.leaf(1_001))
        let mutations = [
            AuditMutation(count: 3, first: 0, outcome: AuditMutation.appended),
            AuditMutation(
                idempotencyKey: Views.leaf(5).hex, idempotencyRequest: request.hex,
                outcome: "CONFLICT"),
            AuditMutation(
                count: 2, first: 3, idempotencyKey: key.hex, idempotencyRequest: request.hex,
                outcome: AuditMutation.appended),
        ]
        var entries = (0..<15).map { Views.entry(UInt64($0)) }
        entries.append(Views.entry(15, stream: .audit, event: Views.audited(mutations)))
        try store.apply(entries)
        #expect(
            try store.decide { try $0.idempotency(key) }
                == IdempotencyRecord(request: request, position: 13, count: 2))
        #expect(try store.decide { try $0.idempotency(Views.leaf(5)) } == nil)
        store.close()
    }

    /// What is durable cannot be refused any more, so nothing an audit entry says may stop the projection.
    @Test(arguments: [
        AuditMutation(count: .max, first: 0, outcome: "APPENDED"),
        AuditMutation(count: -1, first: -1, outcome: "APPENDED"),
        AuditMutation(
            count: 1, first: 9, idempotencyKey: "zz", idempotencyRequest: "", outcome: "APPENDED"),
    ]) func senselessAuditEntriesDoNotStopTheProjection(mutation: AuditMutation) throws {
        let views = try Views()
        let store = try views.open()
        try store.apply([
            Views.entry(0, stream: .audit, event: Views.audited([mutation, mutation, mutation]))
        ])
        #expect(store.size == 1)
        store.close()
    }

    /// Rows go in slices, with whatever is projected after the two days are over.
    @Test func idempotencyKeysAreForgottenAfterTwoDays() throws {
        let views = try Views()
        let store = try views.open()
        let start = LedgerTime.earliest.microsecondsSince1970
        func time(_ seconds: Int64) throws -> LedgerTime {
            try #require(LedgerTime(microsecondsSince1970: start + seconds * 1_000_000))
        }
        func remember(_ index: UInt64, at seconds: Int64) throws {
            let mutation = AuditMutation(
                count: 1, first: 0, idempotencyKey: Views.leaf(index).hex,
                idempotencyRequest: Views.leaf(index).hex, outcome: AuditMutation.appended)
            try store.apply([
                Views.entry(
                    index, stream: .audit, event: Views.audited([mutation]), time: try time(seconds)
                )
            ])
        }
        try store.apply([Views.entry(0)])
        for index in 1...UInt64(200) { try remember(index, at: 0) }
        try remember(201, at: 48 * 3_600)
        #expect(try store.decide { try $0.idempotency(Views.leaf(1)) } != nil)
        for index in 202...UInt64(210) { try remember(index, at: 48 * 3_600 + 1) }
        for index in 1...UInt64(200) {
            #expect(try store.decide { try $0.idempotency(Views.leaf(index)) } == nil)
        }
        #expect(try store.decide { try $0.idempotency(Views.leaf(201)) } != nil)
        store.close()
    }
}
