import ContactModel
import Foundation
import LedgerFormat
import Projections
import Testing

@testable import LedgerStore

@Suite struct AppendTests {
    @Test func genesisAnnouncesEveryKeyOfTheSigner() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        #expect(ledger.signedSize == 2)
        for index in 0..<UInt64(2) {
            let header = try EntryHeader(canonical: ledger.entry(at: index).header)
            #expect(header.stream == .key)
            #expect(header.type == "KeyActivated")
            #expect(header.actor == "chancery-ledger")
        }
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func anAcknowledgedContactIsReadableAndProven() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let person = Drafts.Person("ada")
        let receipt = try await ledger.appendOne(Drafts.create(person, attributes: 2))
        #expect(receipt.count == 5)
        #expect(receipt.treeSize > receipt.index)

        let record = try #require(try ledger.contact(unique: Drafts.unique(person)))
        #expect(record.head.subject == person.subject)
        #expect(record.head.contactID == person.id)
        #expect(record.head.version == receipt.index + receipt.count - 1)
        #expect(record.attributes.map(\.type) == ["x-kind0", "x-kind1"])
        #expect(record.attributes.first?.sourceType == "CRM")
        #expect(record.consents.first?.purposeCodes == ["sales", "support"])
        #expect(try ledger.contact(id: person.id) == record)
        #expect(try ledger.leafHash(index: receipt.index) == receipt.leafHash)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func entriesOfAGroupKeepTheOrderAsked() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let people = (0..<20).map { Drafts.Person("p\($0)") }
        let result = try await ledger.append(
            Drafts.append(try people.map { try Drafts.create($0) }))
        var next: UInt64 = 2
        for (person, outcome) in zip(people, result.mutations) {
            guard case .receipt(let receipt) = outcome else {
                Issue.record("refused")
                continue
            }
            #expect(receipt.index == next)
            #expect(receipt.subject == person.subject)
            next += receipt.count
        }
        #expect(result.auditIndex == next)
        #expect(result.treeSize == next + 1)
        await ledger.close()
        try await fixture.check()
    }

    @Test func manyCallersAtOnceLoseNothing() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let receipts = try await withThrowingTaskGroup(of: MutationReceipt.self) { group in
            for number in 0..<300 {
                group.addTask {
                    try await ledger.appendOne(Drafts.create(Drafts.Person("p\(number)")))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(receipts.map(\.index)).count == 300)
        #expect(ledger.signedSize == 2 + 300 * 3)
        for receipt in receipts {
            #expect(try ledger.leafHash(index: receipt.index) == receipt.leafHash)
        }
        await ledger.close()
        let report = try await fixture.check(unsignedTail: 0)
        #expect(report.sealedSegments == 1)
    }

    @Test func anAuditEntryNeverMovesAVersion() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let person = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(person))
        let before = try #require(try ledger.contact(id: person.id)).head.version
        var read = Drafts.read()
        read.audit.subject = person.subject
        _ = try await ledger.append(read)
        _ = try await ledger.append(read)
        #expect(try ledger.contact(id: person.id)?.head.version == before)
        let last = try EntryHeader(canonical: ledger.entry(at: ledger.signedSize - 1).header)
        #expect(last.subjectVersion == 3)
        await ledger.close()
        try await fixture.check()
    }

    @Test func aNewerValueReplacesTheCurrentOne() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let person = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(person))
        _ = try await ledger.appendOne(Drafts.enrich(person, value: "clerk"))
        _ = try await ledger.appendOne(Drafts.enrich(person, ["jobTitle", "phone"], value: "boss"))
        let record = try #require(try ledger.contact(id: person.id))
        #expect(record.attributes.map(\.type) == ["jobTitle", "phone"])
        #expect(record.attributes.first?.value.ciphertext == Data("boss".utf8))
        await ledger.close()
    }

    @Test(arguments: [
        "not-json", "{}", #"{"contactId":"x"}"#,
    ]) func aPayloadThatProjectionsCannotReadIsRefusedBeforeItIsDurable(text: String) async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        var mutation = try Drafts.create(Drafts.Person("ada"))
        mutation.entries[0].payload = Data(text.utf8)
        await #expect { try await ledger.append(Drafts.append([mutation])) } throws: {
            ($0 as? LedgerStoreError)?.code == .invalid
        }
        #expect(ledger.signedSize == 2)
        await ledger.close()
    }

    /// It would keep every later rebuild from ending: the keeper reads no value that is bound to anything else.
    @Test(arguments: [
        "", "x", "0199A1B2-C3D4-4E5F-8A6B-1C2D3E4F5A6B", "0199a1b2c3d44e5f8a6b1c2d3e4f5a6b",
    ])
    func aContactWhoseEntityIsNoUUIDIsRefused(entity: String) async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        var mutation = try Drafts.create(Drafts.Person("ada"))
        let sealed = try Drafts.sealed(Data("value".utf8))
        mutation.entries[0].payload = EventCoding.encode(
            ContactCreated(contactId: sealed, email: sealed, entity: entity, fullName: nil))
        await #expect { try await ledger.append(Drafts.append([mutation])) } throws: {
            ($0 as? LedgerStoreError)?.code == .invalid
        }
        #expect(ledger.signedSize == 2)
        await ledger.close()
    }

    @Test(arguments: [EntryStream.audit, .key, .segment, .policy])
    func noMutationWritesTheLedgersOwnStreams(stream: EntryStream) async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let person = Drafts.Person("ada")
        _ = try await ledger.appendOne(Drafts.create(person))
        var mutation = try Drafts.enrich(person)
        mutation.entries[0].stream = stream
        await #expect { try await ledger.append(Drafts.append([mutation])) } throws: {
            ($0 as? LedgerStoreError)?.code == .invalid
        }
        await ledger.close()
    }

    @Test func anAppendBeyondItsLimitsIsRefused() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open { $0.limits.appendEntries = 10 }
        let mutation = try Drafts.create(Drafts.Person("ada"), attributes: 10)
        await #expect { try await ledger.append(Drafts.append([mutation])) } throws: {
            ($0 as? LedgerStoreError)?.code == .invalid
        }
        await ledger.close()
    }

    @Test func aSecondWriterIsRefused() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        await #expect { try await fixture.open() } throws: {
            ($0 as? LedgerStoreError)?.code == .locked
        }
        await ledger.close()
        let again = try await fixture.open()
        await again.close()
    }
}
