public import Foundation

/// Payload bytes of events: JSON with sorted member names, no white space, `/` unescaped, bytes as base64.
///
/// Every string of an event is ASCII from a checked grammar, and every number an integer, so these are the canonical bytes of
/// FORMAT section 1. Readers hash the stored bytes and never encode again.
public enum EventCoding {
    /// - Throws: `EncodingError`, only for a value JSON cannot hold; the events of this module have none.
    public static func encode(_ event: some LedgerEvent) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(event)
    }

    /// - Throws: `DecodingError` when the payload is not one of this event.
    public static func decode<Event: LedgerEvent>(_ type: Event.Type, from payload: Data) throws
        -> Event
    {
        try JSONDecoder().decode(type, from: payload)
    }
}
