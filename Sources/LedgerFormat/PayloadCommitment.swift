// FORMAT 2.2: payloadHash = SHA-256("chancery/payload/v1" ‖ LF ‖ payload bytes), payload ≤ 1 MiB.

public import FoundationEssentials

public enum PayloadCommitment {
    /// Bytes.
    public static let maxSize = LedgerLimits.maxPayloadBytes

    /// Commits a header to the payload. Does not judge the payload's size or content.
    public static func hash(_ payload: some ContiguousBytes) -> Digest32 {
        payload.reading { LedgerHash.sha256(domain: "chancery/payload/v1\n", $0) }
    }
}
