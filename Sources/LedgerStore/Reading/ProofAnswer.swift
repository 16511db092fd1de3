public import LedgerFormat

public struct InclusionAnswer: Sendable, Equatable {
    public let leafHash: Digest32
    public let hashes: [Digest32]
    /// Of the tree asked about.
    public let root: Digest32
}

public struct ConsistencyAnswer: Sendable, Equatable {
    public let hashes: [Digest32]
    public let fromRoot: Digest32
    public let toRoot: Digest32
}
