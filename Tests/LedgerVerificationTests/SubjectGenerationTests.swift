import Foundation
import LedgerFormat
import LedgerVerification
import Testing

/// A document of one subject in a ledger of two generations.
struct SubjectGenerationTests {
    /// Of a subject that nobody knows, with the heads of the newest seal: complete, as far as that goes.
    static func document(_ fixture: LedgerFixture) throws -> [UInt8] {
        let nobody = try #require(SubjectTag([UInt8](repeating: 0, count: 16)))
        let heads = fixture.heads.values.sorted { $0.precedes($1) }
        let first = try #require(heads.first)
        let leaf = SubjectHeadsProof.Leaf(
            place: 0, head: first, proof: pathOfTheFirst(heads.map(\.leafHash)[...]))
        let manifest = try Data(
            contentsOf: URL(fileURLWithPath: fixture.manifestPath(fixture.segment)))
        return try SubjectEvidence(
            subject: nobody, entries: [],
            heads: SubjectHeadsProof(
                manifest: manifest, count: UInt64(heads.count), leaves: [leaf]),
            attributedData: []
        ).bytes(checks: .null)
    }

    /// RFC 6962 section 2.1.1.
    private static func pathOfTheFirst(_ leaves: ArraySlice<Digest32>) -> [Digest32] {
        guard leaves.count > 1 else { return [] }
        var power = 1
        while power * 2 < leaves.count { power *= 2 }
        return pathOfTheFirst(leaves.prefix(power))
            + [MerkleTree.root(ofLeaves: leaves.dropFirst(power))]
    }

    static func ledger(generations: Int) throws -> LedgerFixture {
        let fixture = try LedgerFixture()
        try fixture.begin()
        for generation in 1...generations {
            if generation > 1 { try fixture.beginGeneration() }
            try fixture.activateKeys()
            try fixture.group([.subject(1), .subject(2), .audit()])
            try fixture.seal()
        }
        try fixture.writeTrust()
        return fixture
    }

    @Test func earlierGenerationsAreNotCalledComplete() throws {
        let two = try Self.ledger(generations: 2)
        let document = try Self.document(two)
        let sealed = try #require(
            try SubjectVerifier(trust: two.trust).verify(bytes: document).sealed)
        #expect(sealed.generation == 2 && sealed.hasEarlierGenerations)
        let untrusted = try SubjectVerifier(trust: nil).verify(bytes: document).sealed
        #expect(untrusted?.hasEarlierGenerations == true)
        let one = try Self.ledger(generations: 1)
        let whole = try SubjectVerifier(trust: one.trust).verify(bytes: Self.document(one)).sealed
        #expect(whole?.hasEarlierGenerations == false)
    }
}
