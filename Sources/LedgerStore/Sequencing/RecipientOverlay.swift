import ContactModel
import LedgerFormat
import Projections

/// Whom contacts' data was given, as a group leaves it, over what the projections say. The ledger itself tells whom an erasure concerns:
/// whatever took over the gateway leaves nobody out.
struct RecipientOverlay {
    private var added: [SubjectTag: Set<String>] = [:]
    private let reader: DecisionReader
    private let most: Int

    init(_ reader: DecisionReader, limits: StoreLimits) {
        self.reader = reader
        most = limits.noticesPerErasure
    }

    mutating func add(_ event: SharingRecorded, of subject: SubjectTag) {
        added[subject, default: []].insert(event.recipientId)
    }

    /// Notices that go with an order to erase, by name. Where there are more than it has room for, the last one says how many.
    ///
    /// - Parameter id: of the order's header.
    func notices(of subject: SubjectTag, id: String) throws -> [RecipientNoticeQueued] {
        let (first, count) = try reader.recipients(of: subject, limit: most)
        let new = try (added[subject] ?? []).filter { try !reader.isRecipient($0, of: subject) }
        let all = count + UInt64(new.count)
        let queued = (first + new).sorted().prefix(most)
        let omitted = all - UInt64(queued.count)
        return queued.enumerated().map { position, recipient in
            RecipientNoticeQueued(
                omitted: omitted > 0 && position == queued.count - 1 ? omitted : nil,
                recipient: recipient, requestId: id, salt: Salt.random())
        }
    }
}
