import ContactModel
import Foundation
import LedgerFormat
import Testing

@testable import Projections

@Suite struct ProvenanceTableTests {
    private static func record(_ id: String, from source: String) -> ProjectedEvent {
        .provenanceRecorded(
            ProvenanceRecorded(
                attributes: [], provenanceId: id, salt: Data(count: 16), sourceIdentity: source,
                sourceType: .crm))
    }

    /// As a ledger may have it from before such an id was refused: a source that speaks under another's id hides nothing.
    @Test func aRepeatedIdReplacesNothing() throws {
        let views = try Views()
        let store = try views.open()
        let tag = SubjectTag.random()
        let value = try #require(
            EncryptedValue(
                authTag: Data(count: 16), ciphertext: Data([1]), iv: Data(count: 12),
                keyId: "DEK-20260101"))
        let id = try #require(ContactID(Data(count: 16)))
        let created = Views.entry(
            0, subject: tag,
            event: .contactCreated(
                ContactCreated(
                    contactId: value, email: value, entity: UUID().uuidString, fullName: nil)))
        let side = SideInformation(contactID: id, unique: [], words: NameIndex())
        let attribute = AttributeEnriched(
            attributeId: "a", attributeType: "phone", confidence: 1, provenanceId: "p",
            validFrom: "2026-01-01T00:00:00.000000Z", validUntil: nil, value: value)
        try store.apply([
            ProjectedEntry(
                header: created.header, leafHash: created.leafHash, event: created.event,
                side: side),
            Views.entry(
                1, stream: .provenance, subject: tag, event: Self.record("p", from: "crm-1")),
            Views.entry(2, subject: tag, event: .attributeEnriched(attribute)),
            Views.entry(
                3, stream: .provenance, subject: tag, event: Self.record("p", from: "crm-2")),
        ])
        let places = try store.read {
            try $0.history(tag, in: 0..<10, limit: 10, .everything)
        }
        #expect(places.map(\.position) == [0, 1, 2, 3])
        let sources = try store.read { try $0.history(tag, in: 0..<10, limit: 10, .provenance) }
        #expect(sources.map(\.position) == [1, 2, 3])
        #expect(places[2].sourceIdentity == "crm-1")
        let contact = try store.read { try $0.contact(id: id) }
        #expect(contact?.attributes.map(\.sourceIdentity) == ["crm-1"])
        store.close()
    }
}
