/// Why bytes are not the TPM structure that they should be.
public struct TPMStructureError: LedgerFormatError, Equatable {
    /// The field as TPM 2.0 Library Part 2 names it.
    public let field: String
    public let rule: String

    public var code: String { "tpm-structure-malformed" }
    public var message: String {
        "TPM structure, field '\(field)': \(rule) (FORMAT 5.4, TPM 2.0 Library Part 2)."
    }
}
