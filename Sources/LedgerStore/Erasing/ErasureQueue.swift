import LedgerFormat

/// Orders to erase that the keeper has not carried out yet.
struct ErasureQueue: Sendable {
    typealias Reply = CheckedContinuation<ErasureResult.Completion?, Never>

    struct Order: Sendable {
        /// Of the `ErasureOrdered`.
        let index: UInt64
        let subject: SubjectTag
        /// Nil: nobody waits, or nobody any more.
        var reply: Reply?
    }

    var orders: [Order] = []
    var task: Task<Void, Never>?
    var isStopped = false
}

/// What came of an order to erase. It is durable, whatever else.
public struct ErasureResult: Sendable, Equatable {
    public struct Completion: Sendable, Equatable {
        /// Of the `SubjectErased`.
        public let index: UInt64
        public let epochs: ErasureEpochs
    }

    /// Of the `ErasureOrdered`.
    public let ordered: UInt64
    /// Nil: the keeper could not do it yet; it is tried until it can.
    public let completion: Completion?
}
