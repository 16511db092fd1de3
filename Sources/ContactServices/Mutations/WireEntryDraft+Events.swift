import ContactModel
import ProcessBoundary

extension WireEntryDraft {
    init<Event: LedgerEvent>(_ event: Event, _ label: SecurityLabel) {
        self.init()
        stream = Event.stream
        type = Event.type
        self.label = label.text
        payload = EventCoding.encode(event)
    }
}

extension EncryptedValue {
    /// - Throws: `internal-error` for what the keeper does not seal.
    init(from sealed: WireSealedValue?) throws(ServiceError) {
        guard let sealed, let value = EncryptedValue(sealed) else {
            throw .unexpectedReply(.keeper)
        }
        self = value
    }
}
