import ContactServices

/// `{values: [{field, …}], next?, partial}`: a page of what a contact ever was.
enum HistoryResponse {
    static func json(_ view: HistoryView) -> JSONValue {
        .fields([
            "values": .array(view.values.map(json)),
            "next": view.next.map { .string(Cursor.text($0)) },
            "partial": .bool(view.isPartial),
        ])
    }

    private static func json(_ value: HistoryView.Value) -> JSONValue {
        var attribute: HistoryView.Attribute?
        let field: String
        switch value.field {
        case .email: field = "email"
        case .fullName: field = "fullName"
        case .attribute(let of):
            field = of.type
            attribute = of
        }
        return .fields([
            "field": .string(field),
            "attributeId": .text(attribute?.id),
            "value": .string(value.value),
            "label": .string(value.label),
            "confidence": attribute.map { .decimal($0.confidence.fraction) },
            "provenanceId": .text(attribute?.provenanceID),
            "sourceType": .text(attribute?.sourceType),
            "sourceIdentity": .text(attribute?.sourceIdentity),
            "enrichmentId": .text(attribute?.enrichmentID),
            "validFrom": .string(value.validFrom),
            "validUntil": .text(value.validUntil),
            "recordedAt": .string(value.recordedAt),
            "recordedBy": .string(value.recordedBy),
            "entry": json(value.entry),
            "supersededBy": value.superseded.map(json),
        ])
    }

    private static func json(_ entry: HistoryView.Entry) -> JSONValue {
        .fields([
            "generation": .integer(entry.generation),
            "index": .integer(entry.index),
        ])
    }
}
