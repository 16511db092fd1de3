// FORMAT 9.9: attributedDataHash = SHA-256("chancery/attributed-data/v1" ‖ LF ‖ salt (16 bytes) ‖ canonical bytes).

public import FoundationEssentials

public enum AttributedDataCommitment {
    /// Of salts.
    public static let saltBytes = 16

    /// - Returns: nil unless the salt has 16 bytes.
    public static func hash(salt: Data, _ canonical: Data) -> Digest32? {
        guard salt.count == saltBytes else { return nil }
        return (salt + canonical).withUnsafeBytes {
            LedgerHash.sha256(domain: "chancery/attributed-data/v1\n", $0)
        }
    }
}
