public import Foundation
public import LedgerFormat

/// The keeper, where its TPM vouches for how far it has signed (FORMAT 9.3).
public protocol AnchorCertifier: Sendable {
    /// Fails soon where the TPM does not answer: a stop waits for it. After a `stop` nothing is to be signed but the entry with what this returns.
    ///
    /// - Returns: payload of a `TPMAnchored`.
    func anchor(_ occasion: AnchorStatement.Occasion) async throws -> Data
}
