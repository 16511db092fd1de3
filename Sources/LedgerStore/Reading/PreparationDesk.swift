import ContactModel
import Projections
import Synchronization

/// Answers preparations: all that wait at a time from one snapshot, on one thread. A snapshot and a change of threads for
/// each would cost more than what is looked up (measured: as much as the append that follows).
final class PreparationDesk: Sendable {
    private struct Caller {
        let items: [PrepareItem]
        let clearance: Clearance
        let answer: CheckedContinuation<Result<[PreparedItem], any Error>, Never>
    }

    private let projections: ProjectionStore
    private let library: SegmentLibrary
    private let waiting = Mutex<[Caller]>([])

    init(projections: ProjectionStore, library: SegmentLibrary) {
        self.projections = projections
        self.library = library
    }

    func prepare(
        _ items: [PrepareItem], for clearance: Clearance
    ) async throws -> [PreparedItem] {
        try await withCheckedContinuation { answer in
            let isFirst = waiting.withLock { waiting in
                waiting.append(Caller(items: items, clearance: clearance, answer: answer))
                return waiting.count == 1
            }
            // Whoever comes before these are taken is answered with them.
            if isFirst { projections.prepare { self.answerWaiting($0) } }
        }.get()
    }

    private func answerWaiting(_ snapshot: Result<DecisionReader, any Error>) {
        let callers = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for caller in callers {
            caller.answer.resume(
                returning: snapshot.flatMap { reader in
                    Result { try caller.items.map { try prepared($0, caller.clearance, reader) } }
                })
        }
    }

    private func prepared(
        _ item: PrepareItem, _ clearance: Clearance, _ reader: DecisionReader
    ) throws -> PreparedItem {
        for tag in item.idempotency {
            guard let record = try reader.idempotency(tag.key) else { continue }
            guard record.request == tag.request else { return .refused(.usedForAnotherRequest) }
            var receipt = try library.receipt(of: record) {
                try reader.state(of: $0).contact.flatMap { contact in
                    contact.isThere(for: clearance) ? contact.contactID : nil
                }
            }
            // What is projected is signed, so a checkpoint of this size exists.
            if receipt.treeSize == 0 { receipt.treeSize = try reader.size() }
            return .replay(receipt)
        }
        let head = try item.contactID.flatMap { id in
            try reader.contact(id: id).flatMap { $0.isThere(for: clearance) ? $0 : nil }
        }
        guard (head == nil) == (item.contactID == nil) else {
            return .refused(LedgerStoreError(.notFound, "There is no such contact."))
        }
        for unique in item.unique {
            // A contact may keep the address that it has.
            if let owner = try reader.owner(of: unique), owner != head?.subject {
                return .refused(.duplicate)
            }
        }
        return head.map(PreparedItem.contact) ?? .clear
    }
}

extension LedgerStoreError {
    static let usedForAnotherRequest = LedgerStoreError(
        .idempotencyMismatch, "This idempotency key was used for another request; use a new one.")

    /// The contact is not what a decision was made on any more.
    static func stale(_ head: ContactHead) -> LedgerStoreError {
        LedgerStoreError(
            .stale, "The contact is at version \(head.version) by now; read it again.")
    }

    static let duplicate = LedgerStoreError(
        .conflict, "A contact with this unique value exists.")
}
