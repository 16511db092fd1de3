import ContactModel
import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

/// A ledger of `ErasureOrdered` entries: appends them to the tree of a keeper and gives their receipts.
final class ErasureOrders {
    private let entries: SignedEntries

    init(in entries: SignedEntries = SignedEntries()) { self.entries = entries }

    /// One entry, in a group of its own.
    func order(
        _ tag: SubjectTag, _ keeper: KeyCustodian, type: String = ErasureOrdered.type,
        stream: EntryStream = .dsr, actor: String = "dpo-1", ticket: Data? = nil
    ) async throws -> ErasureOrder {
        let ticket =
            ticket ?? Data(keeper.erasureAuthorizer.ticket(for: tag, actor: "dpo-1"))
        let payload = EventCoding.encode(
            ErasureOrdered(
                requestId: "r", salt: Data(repeating: 7, count: 16),
                ticket: ticket.isEmpty ? nil : ticket))
        return ErasureOrder(
            receipt: try await entries.append(
                payload, keeper, type: type, stream: stream, subject: tag, actor: actor),
            payload: payload)
    }

    /// What the ledger says once the keeper has done it, behind an order.
    func erased(
        _ tag: SubjectTag, _ epochs: ErasureEpochs, of order: ErasureOrder,
        _ keeper: KeyCustodian
    ) async throws -> SubjectEvidence.Entry {
        let payload = EventCoding.encode(
            SubjectErased(
                epochAfter: epochs.after, epochBefore: epochs.before, ordered: order.receipt.index,
                salt: Data(repeating: 7, count: 16)))
        let receipt = try await entries.append(
            payload, keeper, type: SubjectErased.type, stream: .dsr, subject: tag,
            actor: "chancery-ledger", behind: order.receipt.index)
        return SubjectEvidence.Entry(
            header: Data(receipt.extra ?? []), payload: payload, receipt: Data(receipt.bytes))
    }
}

extension ErasureOrder {
    var entry: SubjectEvidence.Entry {
        SubjectEvidence.Entry(
            header: Data(receipt.extra ?? []), payload: payload, receipt: Data(receipt.bytes))
    }
}
