import ContactModel
import Foundation
import LedgerFormat
import ProcessBoundary

/// What provenance records tell of, opened: their salts, and the values of their attributes.
struct OpenedProvenance {
    let keeper: any KeeperPort

    /// One for each record whose hash can be redone. A record that names what is not among the entries, or bears the id of an earlier one,
    /// is passed over: the entries are evidence all the same.
    ///
    /// - Parameter entries: of one contact, all of them.
    /// - Throws: `unreadable`; `internal-error` for what the ledger does not write.
    func data(
        of entries: [SubjectEvidence.Entry], _ authorized: Authorized
    ) async throws(ServiceError) -> [SubjectEvidence.AttributedData] {
        var records: [ProvenanceRecorded] = []
        var attributes: [String: AttributeEnriched] = [:]
        var items: [String: WireSealedItem] = [:]
        func take(_ attribute: AttributeEnriched, _ label: String, _ subject: SubjectTag) {
            guard items[attribute.attributeId] == nil else { return }
            attributes[attribute.attributeId] = attribute
            items[attribute.attributeId] = Self.item(
                attribute.value, attribute.attributeId, "value", label, subject)
        }
        for entry in entries {
            guard let header = try? EntryHeader(canonical: entry.header),
                let subject = header.subject
            else { throw .unexpectedReply(.ledger) }
            switch (header.stream.rawValue, header.type) {
            case (ProvenanceRecorded.stream, ProvenanceRecorded.type):
                let record = try Self.decode(ProvenanceRecorded.self, entry.payload)
                guard let data = record.attributedData, items[record.provenanceId] == nil
                else { continue }
                records.append(record)
                items[record.provenanceId] = Self.item(
                    data.salt, record.provenanceId, "attributedDataSalt", header.label, subject)
            case (AttributeEnriched.stream, AttributeEnriched.type):
                take(
                    try Self.decode(AttributeEnriched.self, entry.payload), header.label, subject)
            // A vendor's record tells of what was not taken, too.
            case (EnrichmentReceived.stream, EnrichmentReceived.type):
                for attribute in try Self.decode(EnrichmentReceived.self, entry.payload).attributes
                {
                    take(attribute, header.label, subject)
                }
            default: continue
            }
        }
        let told = records.flatMap { [$0.provenanceId] + $0.attributes }
            .filter { items[$0] != nil }
        let values = try await ValueOpener(keeper: keeper).plaintexts(
            of: told.compactMap { items[$0] }, authorized)
        let opened = Dictionary(zip(told, values)) { $1 }
        return records.compactMap { Self.redone($0, attributes, opened) }
    }

    /// Nil: something that it tells of is missing.
    private static func redone(
        _ record: ProvenanceRecorded, _ attributes: [String: AttributeEnriched],
        _ opened: [String: Data]
    ) -> SubjectEvidence.AttributedData? {
        guard let salt = opened[record.provenanceId],
            salt.count == AttributedDataCommitment.saltBytes
        else { return nil }
        var data = AttributedData()
        for id in record.attributes {
            guard let event = attributes[id], let bytes = opened[id],
                let value = String(validating: bytes, as: UTF8.self)
            else { return nil }
            data.attributes.append(AttributedData.Attribute(event, value: value))
        }
        return SubjectEvidence.AttributedData(
            provenanceID: record.provenanceId, salt: salt, data: data.canonicalBytes)
    }

    private static func decode<Event: LedgerEvent>(
        _ type: Event.Type, _ payload: Data
    ) throws(ServiceError) -> Event {
        guard let event = try? EventCoding.decode(type, from: payload) else {
            throw .unexpectedReply(.ledger)
        }
        return event
    }

    private static func item(
        _ value: EncryptedValue, _ entity: String, _ field: String, _ label: String,
        _ subject: SubjectTag
    ) -> WireSealedItem {
        var item = WireSealedItem()
        item.binding.subject = subject.data
        item.binding.entity = entity
        item.binding.field = field
        item.binding.label = label
        item.value = WireSealedValue(value)
        return item
    }
}
