public import ContactModel
import LedgerFormat

/// Orders to erase that the keeper has not carried out yet, as this life of the ledger knows of them.
struct ErasureQueue: Sendable {
    typealias Reply = CheckedContinuation<ErasureResult.Completion?, Never>

    struct Order: Sendable {
        /// Of the `ErasureOrdered`.
        let position: UInt64
        let subject: SubjectTag
    }

    var orders: [Order] = []
    /// With the keeper.
    var current: [Order] = []
    /// So many of the next go one by one: the keeper does not follow one of them.
    var apart = 0
    /// Positions of those that the keeper does not follow, though asked for one by one.
    var refused: Set<UInt64> = []
    /// Who waits for an order, by its position.
    var replies: [UInt64: Reply] = [:]
    var task: Task<Void, Never>?
    var isStopped = false

    func knows(_ position: UInt64) -> Bool {
        orders.contains { $0.position == position } || current.contains { $0.position == position }
    }
}

/// What came of an order to erase. It is durable, whatever else.
public struct ErasureResult: Sendable, Equatable {
    public struct Completion: Sendable, Equatable {
        /// Of the `SubjectErased`.
        public let index: UInt64
        public let epochs: ErasureEpochs
    }

    /// Of the `ErasureOrdered`: its header's `id`, by which notices and the certificate are asked for.
    public let id: EntityID
    /// Of the `ErasureOrdered`.
    public let ordered: UInt64
    /// Nil: the keeper could not do it yet; it is tried until it can.
    public let completion: Completion?
}
