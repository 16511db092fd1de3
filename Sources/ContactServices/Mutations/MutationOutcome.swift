public import ContactModel
import Foundation
import LedgerFormat
import ProcessBoundary

/// A mutation that is durable, signed and projected.
public struct MutationOutcome: Sendable, Equatable {
    public let contactID: EntityID
    /// The ledger's time of the mutation's first entry.
    public let createdAt: String
    public let receipt: Receipt
    /// It was done before, under the same idempotency key.
    public let replayed: Bool
    /// The contact's 16-byte tag.
    let subject: Data

    public struct Receipt: Sendable, Equatable {
        public let generation: UInt64
        /// Leaf index, in that generation, of the mutation's first entry.
        public let index: UInt64
        /// Hex.
        public let leafHash: String
        /// Of a signed checkpoint that covers it.
        public let treeSize: UInt64
    }

    /// Nil when the ledger's receipt is not one.
    init?(_ receipt: WireMutationReceipt, replayed: Bool) {
        guard let contactID = EntityID(bytes: receipt.contactID), receipt.subject.count == 16,
            receipt.leafHash.count == 32
        else { return nil }
        self.contactID = contactID
        createdAt = receipt.time
        self.receipt = Receipt(
            generation: receipt.generation, index: receipt.index,
            leafHash: LowerHex.encode(receipt.leafHash),
            treeSize: receipt.treeSize)
        self.replayed = replayed || receipt.replayed
        subject = receipt.subject
    }
}
