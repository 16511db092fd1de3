public import LedgerFormat

/// A key of the keeper that can have successors in one generation.
public enum SigningKeyUse: Sendable, CaseIterable {
    /// The log key.
    case checkpoint
    /// KEK-AUDIT.
    case segmentManifest

    public var trusted: TrustedKey.Use {
        switch self {
        case .checkpoint: .checkpoint
        case .segmentManifest: .segmentManifest
        }
    }
}

/// What the keeper does of a rotation; between its steps the ledger says so in entries.
public enum KeyRotationStep: Sendable {
    /// Draws the successor, which may sign from the next size on.
    case begin
    /// The successor signs from the next size on, the old one does not any more.
    case retire
    /// The old one's private half goes: nothing is left that only it could sign.
    case destroy
}
