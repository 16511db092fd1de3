public import Foundation

/// Which entry: of the current generation when none is named.
public struct EntryQuery: Sendable, Equatable {
    public let index: UInt64
    public let generation: UInt64?
    /// Of a receipt: with the keeper's signature.
    public let isSigned: Bool

    public init(index: UInt64, generation: UInt64? = nil, isSigned: Bool = false) {
        self.index = index
        self.generation = generation
        self.isSigned = isSigned
    }
}

/// A receipt's bytes.
public struct ReceiptView: Sendable, Equatable {
    public let proof: Data
    /// A detached JWS over them; nil when none was asked for.
    public let signature: String?
}

/// One entry as stored.
public struct LedgerEntryView: Sendable, Equatable {
    public let index: UInt64
    /// Canonical header bytes.
    public let header: Data
    public let payload: Data
    /// Hex.
    public let leafHash: String
}

public struct InclusionQuery: Sendable, Equatable {
    public let index: UInt64
    /// Nil: the newest signed size.
    public let size: UInt64?
    /// Nil: the current one, here and below.
    public let generation: UInt64?

    public init(index: UInt64, size: UInt64?, generation: UInt64? = nil) {
        self.index = index
        self.size = size
        self.generation = generation
    }
}

/// RFC 6962 inclusion proof. Hashes are 32 bytes each, from the leaf upward.
public struct InclusionView: Sendable, Equatable {
    public let index: UInt64
    public let size: UInt64
    /// Hex.
    public let leafHash: String
    /// Hex, at `size`.
    public let root: String
    public let hashes: [Data]
}

public struct ConsistencyQuery: Sendable, Equatable {
    public let from: UInt64
    public let to: UInt64
    public let generation: UInt64?

    public init(from: UInt64, to: UInt64, generation: UInt64? = nil) {
        self.from = from
        self.to = to
        self.generation = generation
    }
}

/// RFC 6962 consistency proof. Roots in hex.
public struct ConsistencyView: Sendable, Equatable {
    public let from: UInt64
    public let to: UInt64
    public let fromRoot: String
    public let toRoot: String
    public let hashes: [Data]
}

/// A tile or bundle by its place in the tree.
public struct TileQuery: Sendable, Equatable {
    /// Of hash tiles; 0 for bundles.
    public let level: UInt32
    public let number: UInt64
    /// 1…255 partial, 256 full.
    public let width: UInt32
    public let generation: UInt64?

    public init(level: UInt32, number: UInt64, width: UInt32, generation: UInt64? = nil) {
        self.level = level
        self.number = number
        self.width = width
        self.generation = generation
    }
}

/// A segment that was sealed.
public struct SealView: Sendable, Equatable {
    public let segment: UInt64
    public let firstIndex: UInt64
    public let count: UInt64
    /// Hex.
    public let manifestHash: String
}

/// A clock that an operator says is right.
public struct ClockCorrectionView: Sendable, Equatable {
    public let auditIndex: UInt64
    /// Of the signed checkpoint that covers it.
    public let treeSize: UInt64
}
