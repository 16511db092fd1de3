import Foundation
import LedgerFormat
import Testing

@testable import LedgerStore

/// What the outside world was told, and so must always find again.
struct SimulatedWorld {
    struct Known: Sendable {
        let person: Drafts.Person
        let key: IdempotencyTag
        /// Nil while nobody knows whether the ledger has it.
        var receipt: MutationReceipt?
    }

    var people: [Known] = []
    /// Leaf hashes of what was acknowledged, by index.
    var acknowledged: [UInt64: Digest32] = [:]
    /// Size of the largest checkpoint that was served.
    var served: UInt64 = 0

    mutating func acknowledge(_ receipt: MutationReceipt) {
        acknowledged[receipt.index] = receipt.leafHash
    }

    /// Every rule that can be seen from outside, of a ledger that has just been opened.
    func check(_ ledger: Ledger, _ fixture: LedgerFixture, _ comment: Comment) async throws {
        let status = ledger.status
        #expect(status.problem == nil, comment)
        #expect(status.signedSize == status.durableSize, comment)
        #expect(status.projectedSize == status.durableSize, comment)
        for (index, leaf) in acknowledged {
            try #require(index < ledger.signedSize, comment)
            #expect(try ledger.leafHash(index: index) == leaf, comment)
            let entry = try ledger.entry(at: index)
            #expect(MerkleTree.leafHash(entry.header) == leaf, comment)
        }
        for known in people {
            let record = try ledger.contact(unique: Drafts.unique(known.person))
            if known.receipt != nil { #expect(record != nil, comment) }
            if let record {
                #expect(record.head.subject == known.person.subject, comment)
                #expect(record.head.contactID == known.person.id, comment)
            }
        }
        if served > 0 {
            let note = try #require(ledger.publishedCheckpoint, comment)
            let size = try Checkpoint(parsing: SignedNote(parsing: note).text).size
            #expect(size >= served, comment)
        }
        try await fixture.check()
    }

    /// Nobody was created twice, no seal was announced twice, whatever was retried.
    func checkOnce(_ ledger: Ledger, _ comment: Comment) throws {
        var created: [SubjectTag: Int] = [:]
        for index in 0..<ledger.signedSize {
            let header = try EntryHeader(canonical: ledger.entry(at: index).header)
            if header.type == "ContactCreated", let subject = header.subject {
                created[subject, default: 0] += 1
            }
        }
        for known in people where known.receipt != nil {
            #expect(created[known.person.subject] == 1, comment)
        }
        #expect(created.values.allSatisfy { $0 == 1 }, comment)
        let sealed = ledger.status.sealedSegments
        for segment in 0..<sealed {
            #expect(try ledger.announcements(of: segment + 1) == 1, comment)
        }
    }
}
