public import ContactModel

/// Behind which entry a contact is looked at.
public enum ContactMoment: Sendable, Hashable {
    /// As the ledger stood at this time.
    case time(Timestamp)
    /// Behind this entry.
    case entry(index: UInt64, generation: UInt64?)
}

/// Which contact, and as of when.
public struct ContactQuery: Sendable {
    public let id: EntityID
    /// Nil: now.
    public let moment: ContactMoment?

    public init(id: EntityID, moment: ContactMoment?) {
        self.id = id
        self.moment = moment
    }
}

/// Which page of a contact's history.
public struct HistoryQuery: Sendable {
    public static let limits = 1...ServiceLimits.historyItems

    public let id: EntityID
    /// Nil: to its end.
    public let moment: ContactMoment?
    /// `HistoryView.next` of the page before; nil: the first.
    public let cursor: UInt64?
    public let limit: Int

    public init(id: EntityID, moment: ContactMoment?, cursor: UInt64?, limit: Int) {
        self.id = id
        self.moment = moment
        self.cursor = cursor
        self.limit = limit
    }
}
