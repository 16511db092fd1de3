import ContactModel
import Foundation
import LedgerFormat
import Projections
import Synchronization
import TestSupport
import Testing

@testable import LedgerStore

@Suite(.timeLimit(.minutes(2))) struct RelabellingTests {
    static func actor(_ clearance: String) throws -> LedgerActor {
        LedgerActor(
            id: "p-" + clearance.filter { $0.isLetter || $0.isNumber },
            clearance: try Clearance(clearance))
    }

    static func append(
        _ draft: MutationDraft, by actor: LedgerActor, _ ledger: Ledger
    ) async throws -> LedgerStoreError.Code? {
        let result = try await ledger.append(Drafts.append([draft], by: actor))
        switch try #require(result.mutations.first) {
        case .receipt: return nil
        case .refused(let error): return error.code
        }
    }

    /// As the contact is now, values and all.
    static func relabel(
        _ person: Drafts.Person, to label: String, by actor: LedgerActor, _ ledger: Ledger
    ) async throws -> LedgerStoreError.Code? {
        let record = try #require(try ledger.contact(id: person.id))
        return try await append(
            Drafts.relabel(
                person, from: record.head.label, to: label, version: record.head.version,
                attributes: record.attributes.map { ($0.id, "anew") }),
            by: actor, ledger)
    }

    private static func rebuilt(_ fixture: LedgerFixture) async throws -> [String] {
        _ = try await Ledger.rebuild(
            fixture.configuration(), signer: fixture.signer, reindexer: fixture.signer)
        return try ProjectionDump.lines(fixture.projectionsPath)
    }

    @Test func aRelabelTakesTheContactAndItsCurrentValuesToTheNewLabel() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        let officer = try Self.actor("s0/i2-s3:c0.c9/i0")
        _ = try await Self.append(Drafts.create(ada), by: officer, ledger)
        for value in ["old", "current"] {
            let draft = try Drafts.enrich(ada, ["x-a"], value: value)
            #expect(try await Self.append(draft, by: officer, ledger) == nil)
        }
        #expect(
            try await Self.append(Drafts.enrich(ada, ["x-b"], label: "s0/i1"), by: officer, ledger)
                == nil)
        let before = try #require(try ledger.contact(id: ada.id))
        #expect(try await Self.relabel(ada, to: "s2:c3/i2", by: officer, ledger) == nil)
        let after = try #require(try ledger.contact(id: ada.id))
        #expect(after.head.label == "s2:c3/i2" && after.boundLabel == "s2:c3/i2")
        #expect(after.head.version > before.head.version)
        #expect(after.entity == before.entity && after.created == before.created)
        #expect(after.fullName?.ciphertext == Data("sealed anew".utf8))
        #expect(after.attributes.map(\.label) == ["s2:c3/i2", "s2:c3/i2"])
        #expect(after.attributes.map(\.value.ciphertext) == [Data("anew".utf8), Data("anew".utf8)])
        #expect(after.attributes.map(\.id) == before.attributes.map(\.id))
        // What comes later is joined with it.
        #expect(
            try await Self.append(
                Drafts.enrich(ada, ["x-a"], label: "s1:c4/i1"), by: officer, ledger) == nil)
        let joined = try #require(try ledger.contact(id: ada.id))
        #expect(joined.head.label == "s2:c3,c4/i1" && joined.boundLabel == "s2:c3/i2")
        await ledger.close(sealing: false)
        let lines = try ProjectionDump.lines(fixture.projectionsPath)
        let old = lines.filter { $0.hasPrefix("attribute ") && $0.contains("label=s1/i1") }
        #expect(old.count == 1, "what was superseded keeps its label")
        #expect(try await Self.rebuilt(fixture) == lines)
        try await fixture.check(unsignedTail: 0)
    }

    @Test func whatIsNotARaiseOrEndorsementWithinTheRangeIsRefused() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        let officer = try Self.actor("s0/i2-s3:c0.c9/i0")
        _ = try await Self.append(Drafts.create(ada, label: "s1:c3/i1"), by: officer, ledger)
        let version = try #require(try ledger.contact(id: ada.id)).head.version
        func code(
            _ from: String = "s1:c3/i1", to: String, _ version: UInt64?, by clearance: String? = nil
        ) async throws -> LedgerStoreError.Code? {
            let actor = try clearance.map { try Self.actor($0) } ?? officer
            return try await Self.append(
                Drafts.relabel(ada, from: from, to: to, version: version), by: actor, ledger)
        }
        // Not there.
        #expect(try await code(to: "s3:c3/i1", version, by: "s0/i2-s3:c4/i0") == .notFound)
        #expect(try await code(to: "s1:c3/i2", version, by: "s1/i2-s3:c3/i2") == .notFound)
        // Seen, and not within: the old one, the new one.
        #expect(try await code(to: "s2:c3/i1", version, by: "s2/i2-s3:c3/i0") == .forbidden)
        #expect(try await code(to: "s2:c3/i1", version, by: "s1/i2-s1:c3/i0") == .forbidden)
        #expect(try await code(to: "s1:c3/i2", version, by: "s1/i1-s3:c3/i0") == .forbidden)
        for lower in [
            "s0:c3/i1", "s1/i1", "s1:c4/i1", "s1:c3/i0", "s2:c3/i0", "s0:c3/i2", "s1:c3/i1",
        ] {
            #expect(try await code(to: lower, version) == .forbidden, "\(lower)")
        }
        // A label that it does not bear, another state than the one decided on.
        #expect(try await code("s1/i1", to: "s2:c3/i1", version) == .conflict)
        #expect(try await code("s2:c3/i1", to: "s3:c3/i1", version) == .conflict)
        #expect(try await code(to: "s2:c3/i1", version + 1) == .stale)
        #expect(try await code(to: "s2:c3/i1", version - 1) == .stale)
        #expect(try ledger.contact(id: ada.id)?.head.label == "s1:c3/i1")
        #expect(try await code(to: "s2:c3/i1", version) == nil)
        await ledger.close()
    }

    @Test func aMalformedRelabelIsNoMutation() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        let officer = try Self.actor("s0/i2-s3/i0")
        _ = try await Self.append(Drafts.create(ada), by: officer, ledger)
        let version = try #require(try ledger.contact(id: ada.id)).head.version
        let right = try Drafts.relabel(ada, from: "s1/i1", to: "s2/i1", version: version)
        var twice = right
        twice.entries += right.entries
        var mixed = right
        mixed.entries += try Drafts.enrich(ada, label: "s2/i1").entries
        var after = right
        after.entries = try Drafts.enrich(ada, label: "s2/i1").entries + right.entries
        let others = try [
            Drafts.relabel(ada, from: "s1/i1", to: "s2/i1", version: nil),
            Drafts.relabel(ada, from: "s1/i1", to: "s2/i1", version: version, reason: ""),
            Drafts.relabel(
                ada, from: "s1/i1", to: "s2/i1", version: version, reason: "ada@example.com"),
        ]
        for draft in [twice, mixed, after] + others {
            await #expect {
                try await ledger.append(Drafts.append([draft], by: officer))
            } throws: {
                ($0 as? LedgerStoreError)?.code == .invalid
            }
        }
        #expect(try await Self.append(right, by: officer, ledger) == nil)
        await ledger.close()
    }

    /// Decided over what is in flight: the second of one append meets what the first made of the contact.
    @Test func oneOfTwoRelabelsOfTheSameStateWins() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        let officer = try Self.actor("s0/i2-s3/i0")
        _ = try await Self.append(Drafts.create(ada), by: officer, ledger)
        let version = try #require(try ledger.contact(id: ada.id)).head.version
        let drafts = try [
            Drafts.relabel(ada, from: "s1/i1", to: "s2/i1", version: version),
            Drafts.relabel(ada, from: "s1/i1", to: "s3/i2", version: version),
            Drafts.enrich(ada, ["x-a"], label: "s0/i1"),
        ]
        let result = try await ledger.append(Drafts.append(drafts, by: officer))
        let codes = result.mutations.map { outcome -> LedgerStoreError.Code? in
            if case .refused(let error) = outcome { error.code } else { nil }
        }
        #expect(codes == [nil, .stale, nil])
        #expect(try ledger.contact(id: ada.id)?.head.label == "s2/i1")
        await ledger.close()
    }

    /// Trust that was given is there for what follows in the same commit, although joining would not have given it.
    @Test func whatFollowsInTheSameAppendMeetsTheNewLabel() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        let officer = try Self.actor("s0/i2-s3/i0")
        _ = try await Self.append(Drafts.create(ada), by: officer, ledger)
        let version = try #require(try ledger.contact(id: ada.id)).head.version
        let next = ledger.signedSize
        let drafts = try [
            Drafts.relabel(ada, from: "s1/i1", to: "s1/i2", version: version),
            Drafts.relabel(ada, from: "s1/i2", to: "s2/i2", version: next),
        ]
        let result = try await ledger.append(Drafts.append(drafts, by: officer))
        for outcome in result.mutations {
            guard case .receipt = outcome else {
                Issue.record("\(outcome)")
                continue
            }
        }
        let record = try #require(try ledger.contact(id: ada.id))
        #expect(record.head.label == "s2/i2" && record.boundLabel == "s2/i2")
        await ledger.close()
    }

    @Test func aRepeatedRelabelIsToldOfAndDoneOnce() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        let officer = try Self.actor("s0/i2-s3/i0")
        _ = try await Self.append(Drafts.create(ada), by: officer, ledger)
        let version = try #require(try ledger.contact(id: ada.id)).head.version
        let draft = try Drafts.relabel(
            ada, from: "s1/i1", to: "s2/i1", version: version, key: Drafts.tag("k"))
        var receipts: [MutationReceipt] = []
        for _ in 0..<2 {
            let result = try await ledger.append(Drafts.append([draft], by: officer))
            guard case .receipt(let receipt)? = result.mutations.first else {
                Issue.record("\(result.mutations)")
                return
            }
            receipts.append(receipt)
        }
        #expect(receipts.map(\.replayed) == [false, true])
        #expect(receipts[0].index == receipts[1].index)
        await ledger.close()
    }

    /// The sealed id keeps the label of the entry that it stands in, and the keeper is asked with that one.
    @Test func aRelabelledContactIsErasedByItsSealedId() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        let officer = try Self.actor("s0/i2-s3/i0")
        _ = try await Self.append(Drafts.create(ada), by: officer, ledger)
        #expect(try await Self.relabel(ada, to: "s3/i2", by: officer, ledger) == nil)
        // Nobody below its label now.
        await #expect {
            try await ledger.erase(ada, by: fixture.signer, actor: Self.actor("s2/i1"))
        } throws: {
            ($0 as? LedgerStoreError)?.code == .notFound
        }
        let asked = Mutex<ErasedContact?>(nil)
        let signer = fixture.signer
        let erased = try await ledger.erase(contact: ada.id, actor: officer, requestID: "r") {
            contact throws(LedgerStoreError) in
            asked.withLock { $0 = contact }
            return try signer.ticket(contact.id)
        }
        #expect(erased.completion != nil)
        let shown = try #require(asked.withLock { $0 })
        // The address as it is bound now.
        #expect(shown.email.label == "s3/i2" && shown.email.field == "email")
        #expect(shown.email.subject == shown.id.subject)
        let contact = shown.id
        #expect(contact.label == "s1/i1" && contact.field == "contactId")
        #expect(contact.value.ciphertext == ada.id.bytes)
        #expect(try ledger.contact(id: ada.id) == nil)
        await ledger.close(sealing: false)
        let lines = try ProjectionDump.lines(fixture.projectionsPath)
        #expect(try await Self.rebuilt(fixture) == lines)
        try await fixture.check(unsignedTail: 0)
    }
}
