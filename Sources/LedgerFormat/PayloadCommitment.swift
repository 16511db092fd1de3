// FORMAT 2.2: payloadHash = SHA-256("chancery/payload/v1" ‖ LF ‖ payload bytes), payload ≤ 1 MiB.

public import FoundationEssentials

public enum PayloadCommitment {
    /// Bytes.
    public static let maxSize = LedgerLimits.maxPayloadBytes

    /// Commits a header to the payload. Does not judge the payload's size or content.
    public static func hash(_ payload: some ContiguousBytes) -> Digest32 {
        payload.reading { hash(buffer: $0) }
    }

    /// As above, of bytes in place.
    public static func hash(buffer: UnsafeRawBufferPointer) -> Digest32 {
        LedgerHash.sha256(domain: "chancery/payload/v1\n", buffer)
    }
}
