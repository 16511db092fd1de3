public import ContactModel
import LedgerFormat
import ProcessBoundary

/// A data subject's request as it stands.
public struct RequestView: Sendable, Equatable {
    public let id: EntityID
    /// Nil: the contact is erased, or not told here.
    public let contactID: EntityID?
    public let standing: DSRCase
    public let jurisdiction: String
    public let channel: String
    public let purposeCodes: [String]
    public let reasons: [String]
    /// Empty in a queue.
    public let steps: [Step]
    /// The person's own; nil: none, not told here, or erased.
    public var words: String?
    /// Who is to be told of the answer, and who was; nil in a queue.
    public var notices: NoticeListView?

    /// An entry that the request went on by.
    public struct Step: Sendable, Equatable {
        public let type: String
        public let generation: UInt64
        public let index: UInt64
        public let time: String
        public let actor: String
        /// The system that is to be told, or was; nil: it is no notice.
        public let recipient: String?
    }

    /// Nil: no row of the ledger's.
    init?(_ row: WireDSRRow, contactID: EntityID? = nil, steps: [Step] = []) {
        guard let id = EntityID(bytes: row.requestID), let kind = DSRKind(rawValue: row.kind),
            let state = DSRState(rawValue: row.state),
            let receivedAt = Timestamp(text: row.receivedAt)
        else { return nil }
        self.id = id
        self.contactID = contactID
        standing = DSRCase(
            kind: kind, receivedAt: receivedAt, state: state, isExtended: row.extended)
        jurisdiction = row.jurisdiction
        channel = row.channel
        purposeCodes = row.purposeCodes
        reasons = row.reasons
        self.steps = steps
    }
}

extension RequestView.Step {
    init?(_ row: WireDSRStepRow) {
        guard let header = try? EntryHeader(canonical: row.header) else { return nil }
        type = header.type
        generation = row.generation
        index = header.index
        time = header.time.text
        actor = header.actor
        recipient =
            switch try? DSREvent(type: header.type, payload: row.payload) {
            case .noticeQueued(let event): event.recipient
            case .notified(let event): event.recipient
            default: nil
            }
    }
}

/// One page of the queue.
public struct RequestPageView: Sendable {
    public let requests: [RequestView]
    /// Of the next page, which may be empty; nil: there is none.
    public let next: RequestQueueQuery.Place?
}

/// Which requests are asked for, by the day they are due.
public struct RequestQueueQuery: Sendable {
    /// Nil: every open one.
    public var state: DSRState?
    /// Due on this day or before.
    public var due: CalendarDate?
    /// Where the page before ended.
    public var after: Place?
    public var limit = RequestQueueQuery.limits.lowerBound

    public struct Place: Sendable, Hashable {
        public let due: CalendarDate
        public let position: UInt64

        public init(due: CalendarDate, position: UInt64) {
            self.due = due
            self.position = position
        }
    }

    /// Requests of a page.
    public static let limits = 1...200

    public init() {}
}

/// What filing a request, or working on it, did.
public struct RequestOutcome: Sendable {
    public let request: RequestView
    public let mutation: MutationOutcome
}
