public import Foundation

/// Payload bytes of events: the canonical JSON of FORMAT section 1, binary values as base64.
///
/// Written and read by hand, member by member in the order of their names: an entry passes here twice on its way into the
/// ledger, and Foundation's coders cost more there than hashing, encrypting and storing it together. Readers of the ledger hash the
/// stored bytes and never encode again.
public enum EventCoding {
    public static func encode(_ event: some LedgerEvent) -> Data {
        var writer = PayloadWriter()
        writer.object { event.write(to: &$0) }
        return Data(writer.bytes)
    }

    /// - Throws: ``PayloadError`` when the payload is not canonical, or not one of this event.
    public static func decode<Event: LedgerEvent>(
        _ type: Event.Type, from payload: Data
    ) throws(PayloadError) -> Event {
        var reader = PayloadReader(payload)
        let event = try reader.object { reader throws(PayloadError) in try Event(from: &reader) }
        try reader.finish()
        return event
    }
}
