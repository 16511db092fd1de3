public import ContactModel

/// Which requests are looked for, by the day they are due.
public struct RequestQuery: Sendable {
    /// Nil: every open one.
    public var state: DSRState?
    /// Due on this day or before.
    public var due: CalendarDate?
    /// Behind this place of the queue.
    public var after: Place?
    public var limit: Int

    /// A place in the queue: by day, then in the order of the ledger.
    public struct Place: Hashable, Sendable {
        public let due: CalendarDate
        public let position: UInt64

        public init(due: CalendarDate, position: UInt64) {
            self.due = due
            self.position = position
        }
    }

    public init(limit: Int) { self.limit = limit }
}
