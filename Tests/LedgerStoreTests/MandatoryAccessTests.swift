import ContactModel
import Foundation
import LedgerFormat
import Projections
import TestSupport
import Testing

@testable import LedgerStore

@Suite(.timeLimit(.minutes(2))) struct MandatoryAccessTests {
    private func actor(_ clearance: String) throws -> LedgerActor {
        LedgerActor(
            id: "p-" + clearance.filter { $0.isLetter || $0.isNumber },
            clearance: try Clearance(clearance))
    }

    private func append(
        _ draft: MutationDraft, by actor: LedgerActor, _ ledger: Ledger
    ) async throws -> LedgerStoreError.Code? {
        let result = try await ledger.append(Drafts.append([draft], by: actor))
        switch try #require(result.mutations.first) {
        case .receipt: return nil
        case .refused(let error): return error.code
        }
    }

    /// As one that never was, to each question and each request.
    @Test func aContactAboveTheClearanceIsNotThere() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let (ada, nobody) = (Drafts.Person("ada"), Drafts.Person("nobody"))
        let cleared = try actor("s2:c3/i1")
        #expect(
            try await append(Drafts.create(ada, label: "s2:c3/i1"), by: cleared, ledger) == nil)
        for clearance in ["s1/i1", "s2/i1", "s3:c4/i0", "s2:c3/i2"] {
            let other = try actor(clearance)
            for person in [ada, nobody] {
                let draft = try Drafts.enrich(person, label: clearance)
                #expect(try await append(draft, by: other, ledger) == .notFound, "\(clearance)")
                let item = PrepareItem(idempotency: [], unique: [], contactID: person.id)
                let prepared = try await ledger.prepare([item], for: other.clearance)
                guard case .refused(let error)? = prepared.first else {
                    Issue.record("\(prepared)")
                    return
                }
                #expect(error.code == .notFound)
                // Trust alone keeps nobody from forgetting: another test's.
                guard clearance != "s2:c3/i2" else { continue }
                await #expect {
                    try await ledger.erase(person, by: fixture.signer, actor: other)
                } throws: {
                    ($0 as? LedgerStoreError)?.code == .notFound
                }
            }
            #expect(try ledger.contact(id: ada.id)?.isThere(for: other.clearance) == false)
        }
        #expect(try await append(Drafts.enrich(ada, label: "s2:c3/i1"), by: cleared, ledger) == nil)
        await ledger.close()
    }

    /// The level and the compartments of the most secret value, the trust of the least trusted, whatever is newest.
    @Test func aContactsLabelIsJoinedOfItsValues() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        let wide = try actor("s0/i2-s3:c0.c9/i0")
        _ = try await append(Drafts.create(ada, label: "s1/i2"), by: wide, ledger)
        let steps = [
            (["a"], "s1/i2", "s1/i2"), (["b"], "s2:c1/i2", "s2:c1/i2"),
            (["c"], "s0:c4/i1", "s2:c1,c4/i1"), (["b"], "s0/i2", "s2:c1,c4/i1"),
            (["d"], "s1/i0", "s2:c1,c4/i0"),
        ]
        for (types, label, expected) in steps {
            let draft = try Drafts.enrich(ada, types, label: label)
            #expect(try await append(draft, by: wide, ledger) == nil)
            let record = try #require(try ledger.contact(id: ada.id))
            #expect(record.head.label == expected)
            // What email and name are bound to does not change with it.
            #expect(record.boundLabel == "s1/i2")
        }
        // Two of one group: the second meets the label that the first made.
        let bob = Drafts.Person("bob")
        let narrow = try actor("s1/i1")
        let drafts = try [
            Drafts.create(bob), Drafts.enrich(bob, label: "s1/i1"),
        ]
        let result = try await ledger.append(Drafts.append(drafts, by: narrow))
        #expect(result.mutations.count == 2)
        await ledger.close()
        // Views made anew say the same.
        try ProjectionStore.delete(path: fixture.projectionsPath)
        let again = try await fixture.open()
        let record = try #require(try again.contact(id: ada.id))
        #expect(record.head.label == "s2:c1,c4/i0" && record.boundLabel == "s1/i2")
        await again.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// Biba: whoever is less trusted than a contact changes nothing of it, so nobody makes it vanish for those who trust it; nor
    /// does a consent come in under a label that the contact's does not take over.
    @Test func whoIsLessTrustedThanAContactChangesNothingOfIt() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        _ = try await append(Drafts.create(ada), by: actor("s1/i1"), ledger)
        let vendor = try actor("s1/i0")
        #expect(
            try await append(Drafts.enrich(ada, label: "s1/i0"), by: vendor, ledger) == .forbidden)
        #expect(try ledger.contact(id: ada.id)?.head.label == "s1/i1")
        let trusted = try actor("s1/i2-s1/i0")
        let consent = MutationDraft(
            entries: [try Drafts.entry(.consent, Drafts.consent(), "s1/i0")], subject: ada.subject)
        #expect(try await append(consent, by: trusted, ledger) == nil)
        #expect(try ledger.contact(id: ada.id)?.head.label == "s1/i0")
        await ledger.close()
        try ProjectionStore.delete(path: fixture.projectionsPath)
        let again = try await fixture.open()
        #expect(try again.contact(id: ada.id)?.head.label == "s1/i0")
        // Forgetting is owed to her whatever the data is worth; secrecy counts.
        let officer = try actor("s1/i2")
        #expect(try again.contact(id: ada.id)?.isThere(for: officer.clearance) == false)
        await #expect {
            try await again.erase(ada, by: fixture.signer, actor: actor("s0/i0"))
        } throws: {
            ($0 as? LedgerStoreError)?.code == .notFound
        }
        let result = try await again.erase(ada, by: fixture.signer, actor: officer)
        #expect(result.completion != nil)
        let order = try EntryHeader(canonical: again.entry(at: result.ordered).header)
        #expect(order.label == "s1/i0")
        await again.close()
    }

    /// The key that made it says so again, and no more than of an erased contact.
    @Test func aReplayTellsNothingOfAContactAboveTheClearance() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        let (narrow, wide) = (try actor("s1/i1"), try actor("s1/i1-s3/i1"))
        let draft = try Drafts.create(ada, key: Drafts.tag("k"))
        _ = try await append(draft, by: narrow, ledger)
        _ = try await append(Drafts.enrich(ada, label: "s3/i1"), by: wide, ledger)
        for (actor, id) in [(narrow, nil), (wide, ada.id)] as [(LedgerActor, ContactID?)] {
            let result = try await ledger.append(Drafts.append([draft], by: actor))
            guard case .receipt(let receipt)? = result.mutations.first else {
                Issue.record("\(result.mutations)")
                return
            }
            #expect(receipt.replayed && receipt.contactID == id)
            let item = PrepareItem(
                idempotency: [Drafts.tag("k")], unique: [], contactID: nil)
            let prepared = try await ledger.prepare([item], for: actor.clearance)
            guard case .replay(let known)? = prepared.first else {
                Issue.record("\(prepared)")
                return
            }
            #expect(known.contactID == id)
        }
        await ledger.close()
    }

    @Test func aLabelThatWouldBeTooLongIsRefusedAndNothingElseIs() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let wide = try actor("s0/i2-s3:c0.c1023/i0")
        let ada = Drafts.Person("ada")
        func label(_ range: Range<Int>) -> String {
            "s1:" + range.map { "c\($0 * 2 + 100)" }.joined(separator: ",") + "/i1"
        }
        _ = try await append(Drafts.create(ada, label: label(0..<40)), by: wide, ledger)
        let tooMuch = try Drafts.enrich(ada, label: label(40..<80))
        #expect(try await append(tooMuch, by: wide, ledger) == .invalid)
        #expect(try ledger.contact(id: ada.id)?.head.label == label(0..<40))
        #expect(try await append(Drafts.enrich(ada, label: label(0..<9)), by: wide, ledger) == nil)
        await ledger.close()
    }

    /// Over random principals and requests: nothing is written below or above its writer, nothing is added to what the writer
    /// may not read, and what is written about it stands above all it read.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func noSequenceOfRequestsMovesInformationDownOrTrustUp(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let labels = ["s0/i2", "s0/i1", "s1/i1", "s1:c0/i1", "s2/i0", "s2:c0,c1/i1", "s3:c1/i2"]
        var actors: [LedgerActor] = []
        for low in labels {
            for high in labels {
                guard
                    let clearance = try? Clearance(
                        low: SecurityLabel(low), high: SecurityLabel(high))
                else { continue }
                actors.append(LedgerActor(id: "p-\(actors.count)", clearance: clearance))
            }
        }
        var people: [(person: Drafts.Person, label: SecurityLabel)] = []
        for round in 0..<150 {
            let actor = actors[Int.random(in: 0..<actors.count, using: &random)]
            let text = labels[Int.random(in: 0..<labels.count, using: &random)]
            let label = try SecurityLabel(text)
            // What the gate refuses never gets here.
            guard actor.clearance.canWrite(label) else { continue }
            if people.isEmpty || round % 5 == 0 {
                let person = Drafts.Person("p\(round)")
                let code = try await append(Drafts.create(person, label: text), by: actor, ledger)
                #expect(code == nil)
                people.append((person, label))
                continue
            }
            let position = Int.random(in: 0..<people.count, using: &random)
            let (person, before) = people[position]
            let draft = try Drafts.enrich(person, ["x-\(round % 3)"], label: text)
            let code = try await append(draft, by: actor, ledger)
            let expected: LedgerStoreError.Code? =
                if !actor.clearance.canRead(before) {
                    .notFound
                } else if actor.clearance.low.integrity < before.integrity {
                    .forbidden
                } else {
                    nil
                }
            #expect(code == expected)
            if code == nil { people[position].label = before.join(label) }
            let now = try #require(try ledger.contact(id: person.id))
            #expect(now.head.label == people[position].label.text)
            for attribute in now.attributes {
                #expect(try people[position].label.dominates(SecurityLabel(attribute.label)))
            }
        }
        for index in 0..<ledger.signedSize {
            let header = try EntryHeader(canonical: ledger.entry(at: index).header)
            guard let actor = actors.first(where: { $0.id == header.actor }) else { continue }
            let label = try SecurityLabel(header.label)
            if header.stream == .audit {
                #expect(label.dominates(actor.clearance.high))
                #expect(label.categories.contains(SecurityLabel.auditCategory))
            } else {
                #expect(actor.clearance.canWrite(label))
            }
        }
        await ledger.close()
    }
}
