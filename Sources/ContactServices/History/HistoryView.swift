public import ContactModel
import Foundation
import LedgerFormat
import ProcessBoundary

/// One page of the values that a contact ever had, oldest first.
public struct HistoryView: Sendable, Equatable {
    public let values: [Value]
    /// Cursor of the next page; nil: there is none.
    public let next: UInt64?
    /// Values were left out that the caller is not cleared for.
    public let isPartial: Bool

    /// A value, when it held, and who brought it.
    public struct Value: Sendable, Equatable {
        public let field: Field
        public let value: String
        public let label: String
        public let validFrom: String
        /// Nil: it holds.
        public let validUntil: String?
        public let entry: Entry
        /// The entry that brought a newer value.
        public let superseded: Entry?
        public let recordedAt: String
        /// The principal that recorded it.
        public let recordedBy: String
    }

    public enum Field: Sendable, Equatable {
        case email
        case fullName
        case attribute(Attribute)
    }

    public struct Attribute: Sendable, Equatable {
        public let id: String
        public let type: String
        public let confidence: Confidence
        public let provenanceID: String
        public let sourceType: String
        public let sourceIdentity: String?
        /// As a vendor sent it to this enrichment: the contact's where another value bears the same id, else in its history alone.
        public let enrichmentID: String?
    }

    public struct Entry: Sendable, Equatable {
        public let generation: UInt64
        public let index: UInt64
    }
}

extension HistoryView.Value {
    /// What of a row is to be decrypted, in the order of `values(of:texts:)`.
    static func sealed(in row: HistoryRow, of subject: Data) -> [WireSealedItem] {
        func item(_ value: EncryptedValue, _ entity: String, _ field: String) -> WireSealedItem {
            WireSealedItem(WireBoundValue(value, entity, field, row.header.label), of: subject)
        }
        if let identity = row.event.identity {
            return [item(identity.email, identity.entity, "email")]
                + (identity.fullName.map { [item($0, identity.entity, "fullName")] } ?? [])
        }
        if case .enriched(let event) = row.event {
            return [item(event.value, event.attributeId, "value")]
        }
        if case .enrichment(.received(let event)) = row.event {
            return event.attributes.map { item($0.value, $0.attributeId, "value") }
        }
        return []
    }

    /// - Parameter texts: those of `sealed(in:of:)`, taken from the front.
    /// - Throws: `internal-error` where they do not fit.
    static func values(
        of row: HistoryRow, _ texts: inout ArraySlice<String>
    ) throws(ServiceError) -> [HistoryView.Value] {
        var values: [HistoryView.Value] = []
        if let identity = row.event.identity {
            // An address and a name hold until the next ones are recorded; an attribute says so itself.
            let (from, until) = (row.header.time.text, row.wire.supersededAt)
            values.append(try value(.email, row, from, until, &texts))
            if identity.fullName != nil {
                values.append(try value(.fullName, row, from, until, &texts))
            }
        } else if case .enriched(let event) = row.event {
            let source = row.wire.sourceIdentity
            let attribute = try attribute(
                event, from: row.wire.sourceType, source.isEmpty ? nil : source)
            values.append(
                try value(.attribute(attribute), row, event.validFrom, row.wire.validUntil, &texts)
            )
        } else if case .enrichment(.received(let received)) = row.event {
            for event in received.attributes {
                let attribute = try attribute(
                    event, from: SourceType.vendor.rawValue, received.vendor,
                    of: received.enrichmentId)
                values.append(
                    try value(
                        .attribute(attribute), row, event.validFrom, event.validUntil ?? "", &texts)
                )
            }
        }
        return values
    }

    private static func attribute(
        _ event: AttributeEnriched, from type: String, _ identity: String?,
        of enrichment: String? = nil
    ) throws(ServiceError) -> HistoryView.Attribute {
        guard let confidence = Confidence(tenThousandths: event.confidence) else {
            throw .unexpectedReply(.ledger)
        }
        return HistoryView.Attribute(
            id: event.attributeId, type: event.attributeType, confidence: confidence,
            provenanceID: event.provenanceId, sourceType: type, sourceIdentity: identity,
            enrichmentID: enrichment)
    }

    private static func value(
        _ field: HistoryView.Field, _ row: HistoryRow, _ validFrom: String, _ validUntil: String,
        _ texts: inout ArraySlice<String>
    ) throws(ServiceError) -> HistoryView.Value {
        guard let text = texts.popFirst() else { throw .unexpectedReply(.keeper) }
        let wire = row.wire
        return HistoryView.Value(
            field: field, value: text, label: row.header.label, validFrom: validFrom,
            validUntil: validUntil.isEmpty ? nil : validUntil,
            entry: HistoryView.Entry(generation: wire.generation, index: row.header.index),
            superseded: wire.hasSuperseded
                ? HistoryView.Entry(
                    generation: wire.superseded.generation, index: wire.superseded.index) : nil,
            recordedAt: row.header.time.text, recordedBy: row.header.actor)
    }
}
