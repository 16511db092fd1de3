public import LedgerFormat
public import Projections

/// All of an append is durable, signed and projected.
public struct AppendResult: Sendable {
    /// One per mutation, in order.
    public let mutations: [MutationOutcome]
    public let auditIndex: UInt64
    /// Of the signed checkpoint that covers all of it.
    public let treeSize: UInt64
}

public enum MutationOutcome: Sendable {
    case receipt(MutationReceipt)
    case refused(LedgerStoreError)
}

public struct MutationReceipt: Sendable, Equatable {
    public let subject: SubjectTag
    /// Nil when the subject was erased since.
    public let contactID: ContactID?
    public let generation: UInt64
    /// Of the mutation's first entry.
    public let index: UInt64
    public let count: UInt64
    /// Of the first entry.
    public let leafHash: Digest32
    /// Of the first entry.
    public let time: LedgerTime
    /// Of a signed checkpoint that covers it.
    public var treeSize: UInt64
    /// The idempotency key was known: this is what the original did.
    public var replayed: Bool
}

/// What a seal left.
public struct SealResult: Sendable, Equatable {
    public let segment: UInt64
    public let firstIndex: UInt64
    public let count: UInt64
    public let manifestHash: Digest32
}
