import ContactModel
import ContactServices

/// What the provenance routes answer, as plain JSON.
enum ProvenanceResponse {
    static func json(_ view: ProvenanceView) -> JSONValue {
        .fields([
            "contactId": .string(view.contact.text),
            "records": .array(view.records.map { json($0) }),
            "isPartial": view.isPartial ? .bool(true) : nil,
            "next": view.next.map { .string(Cursor.text($0)) },
        ])
    }

    static func json(_ view: SourceView) -> JSONValue {
        .fields([
            "records": .array(view.rows.map { json($0.record, of: $0.contact) }),
            "next": view.next.map { .string(Cursor.text($0)) },
        ])
    }

    private static func json(
        _ record: ProvenanceRecordView, of contact: EntityID? = nil
    ) -> JSONValue {
        .fields([
            "id": .string(record.id),
            "contactId": .text(contact?.text),
            "sourceType": .string(record.sourceType.rawValue),
            "sourceIdentity": .text(record.sourceIdentity),
            "attributes": .array(
                record.attributes.map {
                    .fields(["id": .string($0.id), "type": .text($0.type)])
                }),
            "attributedDataHash": .text(record.dataHash),
            "attributedDataSalt": .text(record.dataSalt?.base64EncodedString()),
            "label": .string(record.label),
            "recordedAt": .string(record.recordedAt),
            "recordedBy": .string(record.recordedBy),
            "entry": entry(record),
            "previous": record.previous.map { previous in
                .fields([
                    "index": .integer(previous.index), "leafHash": .text(previous.leafHash),
                ])
            },
        ])
    }

    private static func entry(_ record: ProvenanceRecordView) -> JSONValue {
        .fields([
            "generation": .integer(record.generation),
            "index": .integer(record.index),
            "leafHash": .string(record.leafHash),
            "subjectVersion": .integer(record.version),
            "receipt": .string(
                "/api/v1/ledger/entries/\(record.index)/receipt?generation=\(record.generation)"),
        ])
    }
}
