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

/// What the keeper does of a rotation once the successor is drawn; between its steps the ledger says so in entries.
public enum KeyRotationStep: Sendable {
    /// The successor signs from the next size on, the old one does not any more.
    case retire
    /// The old one's private half goes: nothing is left that only it could sign.
    case destroy
}

/// Has the keeper begin a rotation by the word of whoever wants it: draw a successor, which may sign from the next size on, or encrypt
/// under another key. May be repeated.
///
/// - Returns: the keeper's keys after it.
public typealias RotationBeginning = @Sendable () async throws -> SignerIdentity
