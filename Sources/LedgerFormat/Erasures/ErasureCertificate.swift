/// What the keeper of a ledger signs about the erasure of a person (FORMAT 9.14). Not yet believed: the receipts of the entries and the
/// signature are somebody else's to check.
public struct ErasureCertificate: Sendable, Equatable {
    /// As the keeper found it in the entries.
    public let statement: ErasureStatement
    /// What no entry says: the keeper's own word.
    public let escrow: EscrowHorizon?
    /// Of the log whose keeper gave it out.
    public let origin: LedgerOrigin
    public let issuedAt: LedgerTime
    /// In the order of the ledger.
    public let entries: [SubjectEvidence.Entry]

    /// - Parameter escrow: nil: the keystore knows of none, and never had any.
    /// - Throws: `ErasureCertificateError.entry`, `.malformed` for entries that tell of no erasure.
    public init(
        entries: [SubjectEvidence.Entry], escrow: EscrowHorizon?, origin: LedgerOrigin,
        issuedAt: LedgerTime
    ) throws(ErasureCertificateError) {
        statement = try ErasureStatement(entries)
        self.entries = entries
        self.escrow = escrow
        self.origin = origin
        self.issuedAt = issuedAt
    }

    /// A document: the certificate with the signature of the keeper that gave it out.
    public struct Signed: Sendable {
        public let certificate: ErasureCertificate
        /// What is signed: canonical JSON.
        public let body: [UInt8]
        public let signature: ReceiptSignature
    }
}
