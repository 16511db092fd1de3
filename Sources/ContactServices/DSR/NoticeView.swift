public import ContactModel
import ProcessBoundary

/// Whom data was given and who is to be told of what became of it (Article 19 GDPR), by name.
public struct NoticeListView: Sendable, Equatable {
    public let notices: [NoticeView]
    /// Others who are to be told and have no entry here: there was no room for them beside the order to erase.
    public let omitted: UInt64

    init(_ list: WireNoticeList) {
        notices = list.rows.map(NoticeView.init)
        omitted = list.omitted
    }
}

public struct NoticeView: Sendable, Equatable {
    /// What names an entry.
    public struct Place: Sendable, Equatable {
        public let generation: UInt64
        public let index: UInt64
    }

    public struct Delivery: Sendable, Equatable {
        public let place: Place
        /// `Timestamp` text: when they were told.
        public let time: String
        public let channel: String
    }

    /// The id of a system.
    public let recipient: String
    public let queued: Place
    /// Nil: still to be told.
    public let delivery: Delivery?

    init(_ row: WireNoticeRow) {
        recipient = row.recipient
        queued = Place(generation: row.queued.generation, index: row.queued.index)
        delivery =
            row.hasNotified
            ? Delivery(
                place: Place(generation: row.notified.generation, index: row.notified.index),
                time: row.notifiedAt, channel: row.channel) : nil
    }
}

/// That a recipient was told, of a request or an erasure by its id.
public struct NoteDeliveryCommand: Sendable {
    public let id: EntityID
    public let recipient: String
    public let channel: NoticeChannel
    public let notifiedAt: Timestamp

    public init(id: EntityID, recipient: String, channel: NoticeChannel, notifiedAt: Timestamp) {
        self.id = id
        self.recipient = recipient
        self.channel = channel
        self.notifiedAt = notifiedAt
    }
}
