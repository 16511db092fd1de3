public import Foundation

/// The keeper, when people are to be forgotten.
public protocol Forgetter: Sendable {
    /// Destroys the keys of the subjects of these orders, all in one step. May be repeated.
    func forget(_ orders: [ErasureOrder]) async throws -> ErasureEpochs
}

/// An `ErasureOrdered` entry: the keeper checks receipt and ticket itself.
public struct ErasureOrder: Sendable {
    /// FORMAT 7.
    public let receipt: [UInt8]
    public let payload: Data

    public init(receipt: [UInt8], payload: Data) {
        self.receipt = receipt
        self.payload = payload
    }
}

/// Asks the keeper whether whoever wants a person forgotten may, and has signed for it.
///
/// - Returns: the ticket for the order (FORMAT 9.4).
public typealias ErasureAuthorization =
    @Sendable (_ contact: ErasedContact) async throws(LedgerStoreError) -> Data

/// What the keeper is shown of a contact that is to be erased.
public struct ErasedContact: Sendable {
    /// The value `contactId`.
    public let id: ReindexItem
    /// The address that it has, which no vendor brings back.
    public let email: ReindexItem
}

/// Where the TPM's erasure epoch stood before a step and stands after it.
public struct ErasureEpochs: Sendable, Equatable {
    public let before: UInt64
    public let after: UInt64

    public init(before: UInt64, after: UInt64) {
        self.before = before
        self.after = after
    }
}
