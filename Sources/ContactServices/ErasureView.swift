public import ContactModel
import ProcessBoundary

/// What came of an order to erase.
public struct ErasureView: Sendable, Equatable {
    public struct Completion: Sendable, Equatable {
        /// Of the entry `SubjectErased`.
        public let index: UInt64
        /// Where the TPM's erasure epoch stood before and stands since.
        public let epochBefore: UInt64
        public let epochAfter: UInt64
    }

    public let id: EntityID
    /// Of the erasure: its notices and its certificate are asked for by it.
    public let erasure: EntityID
    /// Of the entry `ErasureOrdered`.
    public let ordered: UInt64
    /// Nil: ordered, and carried out as soon as the keeper's TPM can be used.
    public let completion: Completion?

    /// Nil: no answer of the ledger's.
    init?(_ id: EntityID, _ response: WireEraseResponse) {
        guard let erasure = EntityID(bytes: response.id) else { return nil }
        self.id = id
        self.erasure = erasure
        ordered = response.ordered
        completion =
            response.hasErased
            ? Completion(
                index: response.erased, epochBefore: response.epochBefore,
                epochAfter: response.epochAfter) : nil
    }
}
