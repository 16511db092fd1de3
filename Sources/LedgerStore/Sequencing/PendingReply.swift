/// Resumed exactly once, when everything it speaks of is durable, signed and projected, or never will be.
typealias AppendReply = CheckedContinuation<Result<AppendResult, LedgerStoreError>, Never>

/// An append's answer, waiting for its group's checkpoint.
struct PendingReply: Sendable {
    enum Outcome: Sendable {
        case receipt(MutationReceipt)
        case refused(LedgerStoreError)
    }

    let reply: AppendReply?
    let mutations: [Outcome]
    let auditIndex: UInt64

    func resume(treeSize: UInt64) {
        let outcomes = mutations.map { outcome -> MutationOutcome in
            switch outcome {
            case .receipt(var receipt):
                if receipt.treeSize == 0 { receipt.treeSize = treeSize }
                return .receipt(receipt)
            case .refused(let error): return .refused(error)
            }
        }
        reply?.resume(
            returning: .success(
                AppendResult(mutations: outcomes, auditIndex: auditIndex, treeSize: treeSize)))
    }

    func fail(_ error: LedgerStoreError) {
        reply?.resume(returning: .failure(error))
    }
}
