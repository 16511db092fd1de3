import ContactModel
import Foundation
import LedgerFormat
public import Projections

// 1  ErasureOrdered   durable, signed, projected: the contact is gone for every reader
// 2  the keeper       checks the order's receipt, destroys the key, moves the TPM's epoch
// 3  SubjectErased    says so
//
// A crash between them is completed: orders without their SubjectErased stand in the projections.

extension Ledger {
    /// Forgets a contact for good.
    ///
    /// - Throws: `LedgerStoreError.notFound`; what `append` throws. Once it returns the order is durable, even where the
    ///   keeper could not carry it out yet.
    public func erase(
        contact id: ContactID, actor: String, requestID: String
    ) async throws(LedgerStoreError) -> ErasureResult {
        let missing = LedgerStoreError(.notFound, "There is no such contact.")
        guard let head = try contact(id: id)?.head else { throw missing }
        let order = ErasureOrdered(requestId: requestID, salt: Salt.random())
        let entry = EntryDraft(
            stream: .dsr, type: ErasureOrdered.type, label: head.label,
            payload: EventCoding.encode(order))
        let audit = AuditDraft(
            category: .dataMutation, action: "contact.erase", resourceType: "contact",
            subject: head.subject, requestID: requestID)
        let result = try await append(
            AppendRequest(
                actor: actor, mutations: [MutationDraft(entries: [entry], subject: head.subject)],
                audit: audit))
        switch result.mutations.first {
        case .receipt(let receipt):
            let completion = await withCheckedContinuation { reply in
                carryOut([.init(index: receipt.index, subject: head.subject, reply: reply)])
            }
            return ErasureResult(ordered: receipt.index, completion: completion)
        case .refused(let error): throw error
        case nil: throw missing
        }
    }

    /// Orders of an earlier life that are not completed.
    func carryOutWhatWasOrdered() throws {
        let orders = try projections.read { reader in try reader.openErasures() }
        guard !orders.isEmpty else { return }
        configuration.logger.notice("\(orders.count) erasures wait to be completed")
        carryOut(orders.map { .init(index: $0.ordered, subject: $0.subject, reply: nil) })
    }

    /// Begins with these, in the background and until it is done.
    private func carryOut(_ orders: [ErasureQueue.Order]) {
        erasures.withLock { queue in
            guard !queue.isStopped else {
                for order in orders { order.reply?.resume(returning: nil) }
                return
            }
            queue.orders += orders
            if queue.task == nil { queue.task = Task { await carryOutAll() } }
        }
    }

    /// What waits together goes together; whoever comes meanwhile is in the next step.
    private func carryOutAll() async {
        while let orders = nextErasures() {
            do {
                let completions = try await forget(orders)
                for (order, completion) in zip(orders, completions) {
                    order.reply?.resume(returning: completion)
                }
            } catch {
                configuration.logger.notice("\(orders.count) erasures wait: \(error)")
                erasures.withLock { queue in
                    queue.orders =
                        orders.map { .init(index: $0.index, subject: $0.subject, reply: nil) }
                        + queue.orders
                }
                for order in orders { order.reply?.resume(returning: nil) }
                try? await Task.sleep(for: configuration.limits.sealRetryInterval)
            }
        }
    }

    private func nextErasures() -> [ErasureQueue.Order]? {
        let limit = configuration.limits.erasuresAtOnce
        return erasures.withLock { queue in
            guard !queue.isStopped, !queue.orders.isEmpty else {
                for order in queue.orders { order.reply?.resume(returning: nil) }
                queue.orders = []
                queue.task = nil
                return nil
            }
            let next = Array(queue.orders.prefix(limit))
            queue.orders.removeFirst(next.count)
            return next
        }
    }

    private func forget(
        _ orders: [ErasureQueue.Order]
    ) async throws -> [ErasureResult.Completion] {
        let receipts = try orders.map { try receipt(index: $0.index) }
        let epochs = try await forgetter.forget(receipts)
        let entries = orders.map { order in
            SystemEntry.subjectErased(order.subject, ordered: order.index, epochs)
        }
        let result = try await append(entries)
        await emptyProjectionLog()
        // The entries stand at the end of their append, one after the other.
        let first = result.auditIndex + 1 - UInt64(entries.count)
        return orders.indices.map { position in
            ErasureResult.Completion(index: first + UInt64(position), epochs: epochs)
        }
    }

    /// Readers are brief; what they leave this time goes with the next erasure, or the store's close.
    private func emptyProjectionLog() async {
        for _ in 0..<10 {
            if projections.truncateLog() { return }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The step that is running ends; what it does not complete is the next start's.
    func stopErasing() async {
        let task = erasures.withLock { queue in
            queue.isStopped = true
            return queue.task
        }
        task?.cancel()
        await task?.value
    }
}
