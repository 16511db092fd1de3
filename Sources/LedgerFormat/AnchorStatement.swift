// FORMAT 9.3

/// What a TPM certifies with its anchor counter: how far the keeper had signed when it stood there.
public struct AnchorStatement: Sendable, Equatable {
    public enum Occasion: String, Sendable, CaseIterable {
        /// A ledger began.
        case start = "START"
        case running = "RUNNING"
        /// Nothing but the entry that says this is signed before the counter moves again.
        case stop = "STOP"
    }

    public let origin: String
    public let size: UInt64
    public let root: Digest32
    public let occasion: Occasion
    /// Why a directory that was not the newest goes on, in an operator's words; empty: it was.
    public let reason: String

    public init(
        origin: String, size: UInt64, root: Digest32, occasion: Occasion, reason: String = ""
    ) {
        self.origin = origin
        self.size = size
        self.root = root
        self.occasion = occasion
        self.reason = reason
    }

    /// Qualifying data of the certification.
    public var digest: Digest32 {
        let lines = [
            "chancery/anchored/v1", origin, "\(size)", root.hex, occasion.rawValue, reason,
        ]
        let text = Array(lines.map { $0 + "\n" }.joined().utf8)
        return text.withUnsafeBytes { LedgerHash.sha256($0) }
    }
}
