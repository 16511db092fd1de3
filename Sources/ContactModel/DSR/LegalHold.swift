/// A hold of a contact, as its entries have it.
public struct LegalHold: Hashable, Sendable {
    public let id: EntityID
    public let reason: LegalHoldReason
    /// Nil: until it is released.
    public let until: Timestamp?

    public init(id: EntityID, reason: LegalHoldReason, until: Timestamp?) {
        self.id = id
        self.reason = reason
        self.until = until
    }

    /// Nil for what is no hold.
    public init?(_ event: LegalHoldPlaced) {
        guard let id = try? EntityID(event.holdId), id.text == event.holdId else { return nil }
        var until: Timestamp?
        if let text = event.until {
            guard let time = Timestamp(text: text) else { return nil }
            until = time
        }
        self.init(id: id, reason: event.reason, until: until)
    }

    /// Whether it keeps the contact at this time, as long as it is not released.
    public func isInForce(at time: Timestamp) -> Bool { until.map { time < $0 } ?? true }
}

/// What an entry says of holds.
public enum LegalHoldEvent: Sendable, Equatable {
    case placed(LegalHoldPlaced)
    case released(LegalHoldReleased)

    public var holdID: String {
        switch self {
        case .placed(let event): event.holdId
        case .released(let event): event.holdId
        }
    }
}
