public import Foundation

/// What one `ProvenanceRecorded` tells of, in the bytes that its `attributedDataHash` is of (FORMAT 9.9): its attributes in the order in which
/// it names them, as their `AttributeEnriched` have them, but with the value itself, and without `provenanceId`.
public struct AttributedData: Sendable, Equatable {
    public struct Attribute: Sendable, Equatable {
        public var id: String
        public var type: String
        /// Ten-thousandths.
        public var confidence: Int
        public var validFrom: String
        /// Nil: open.
        public var validUntil: String?
        public var value: String

        public init(
            id: String, type: String, confidence: Int, validFrom: String, validUntil: String?,
            value: String
        ) {
            self.id = id
            self.type = type
            self.confidence = confidence
            self.validFrom = validFrom
            self.validUntil = validUntil
            self.value = value
        }

        public init(_ event: AttributeEnriched, value: String) {
            self.init(
                id: event.attributeId, type: event.attributeType, confidence: event.confidence,
                validFrom: event.validFrom, validUntil: event.validUntil, value: value)
        }

        /// Under the id that is drawn for it.
        public init(_ draft: AttributeDraft, id: String) {
            self.init(
                id: id, type: draft.type.text, confidence: draft.confidence.tenThousandths,
                validFrom: draft.validity.from.text, validUntil: draft.validity.until?.text,
                value: draft.value.text)
        }
    }

    public var attributes: [Attribute]

    public init(attributes: [Attribute] = []) { self.attributes = attributes }

    /// `{"attributes":[{"attributeId":…,"attributeType":…,"confidence":…,"validFrom":…,"validUntil":…,"value":…}]}`, canonical JSON
    /// (FORMAT 1), `validUntil` absent where it is open.
    public var canonicalBytes: Data {
        var writer = PayloadWriter()
        writer.object { payload in
            payload.objects("attributes", attributes) { attribute, payload in
                payload.text("attributeId", attribute.id)
                payload.text("attributeType", attribute.type)
                payload.integer("confidence", attribute.confidence)
                payload.text("validFrom", attribute.validFrom)
                payload.text("validUntil", attribute.validUntil)
                payload.text("value", attribute.value)
            }
        }
        return Data(writer.bytes)
    }
}
