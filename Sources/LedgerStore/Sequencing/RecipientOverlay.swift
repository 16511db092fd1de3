import ContactModel
import LedgerFormat
import Projections

/// Whom contacts' data was given, as a group leaves it, over what the projections say. The ledger itself tells whom an erasure concerns:
/// whatever took over the gateway leaves nobody out.
struct RecipientOverlay {
    /// Each with how many came before it in the group.
    private var added: [SubjectTag: [String: Int]] = [:]
    private let reader: DecisionReader
    private let most: Int

    init(_ reader: DecisionReader, limits: StoreLimits) {
        self.reader = reader
        most = limits.noticesPerErasure
    }

    mutating func add(_ event: SharingRecorded, of subject: SubjectTag) {
        guard added[subject]?[event.recipientId] == nil else { return }
        added[subject, default: [:]][event.recipientId] = added[subject]?.count ?? 0
    }

    /// Notices that go with an order to erase, by name. Where there are more than it has room for, they are to those who were given the
    /// data first, whom no later record pushes out, and the last one says how many others there are.
    ///
    /// - Parameter id: of the order's header.
    func notices(of subject: SubjectTag, id: String) throws -> [RecipientNoticeQueued] {
        let (first, count) = try reader.recipients(of: subject, limit: most)
        let new = try (added[subject] ?? [:]).sorted { $0.value < $1.value }.map(\.key)
            .filter { try !reader.isRecipient($0, of: subject) }
        let all = count + UInt64(new.count)
        let queued = (first + new).prefix(most).sorted()
        let omitted = all - UInt64(queued.count)
        return queued.enumerated().map { position, recipient in
            RecipientNoticeQueued(
                omitted: omitted > 0 && position == queued.count - 1 ? omitted : nil,
                recipient: recipient, requestId: id, salt: Salt.random())
        }
    }
}
