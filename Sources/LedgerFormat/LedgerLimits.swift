/// Every limit of the format in one place, each with its reason; `LedgerLimitsTests` checks them
/// against each other. Sizes are in bytes unless a name says otherwise.
public enum LedgerLimits {
    /// Integers of the format end here (2^53 − 1): the last that every JSON reader holds exactly.
    public static let maxInteger: UInt64 = (1 << 53) - 1
    /// FORMAT 2.1. Far above the widest header (`EntryHeader.widestBytes`), below the 65,535 that the
    /// length prefix of an entry bundle can say.
    public static let maxHeaderBytes = 4_096
    /// FORMAT 2.2. Keeps one entry well inside a frame of 16 MiB and a reader's memory bounded.
    public static let maxPayloadBytes = 1 << 20
    /// FORMAT 2.1: a token's `sub`.
    public static let maxActorBytes = 64
    /// FORMAT 2.1.
    public static let maxTypeBytes = 64
    /// FORMAT 2.1. Holds any set of categories that people name in practice.
    public static let maxLabelBytes = 256
    /// FORMAT 1. A hostile text cannot exhaust the stack of a recursive reader.
    public static let maxJSONDepth = 16
    /// The largest canonical JSON this module writes or reads: a payload.
    public static let maxCanonicalJSONBytes = maxPayloadBytes
    /// FORMAT 4. Holds 64 Ed25519 lines, or the 16 ML-DSA-44 cosignatures (3.3 kB each) that C2SP wants
    /// accepted.
    public static let maxNoteBytes = 64 * 1_024
    /// FORMAT 4. C2SP demands at least 16.
    public static let maxNoteSignatures = 64
    /// An Ed25519 verifier key needs 100 bytes beyond its name, a P-256 one 200.
    public static let maxVerifierKeyBytes = 1_024
    /// A name in a note, or an origin. A DNS name has 253; the rest is path and generation.
    public static let maxKeyNameBytes = 512
    /// An inclusion proof in a tree of at most 2^53 leaves.
    public static let maxProofHashes = 53
    /// A receipt: the header in base64, the proof's lines, the checkpoint note, a few words.
    public static let maxReceiptBytes = maxNoteBytes + 16 * 1_024
    /// FORMAT 7.1, with a newline.
    public static let maxReceiptSignatureBytes = 512
    /// C2SP tlog-tiles: hashes in a full tile, entries in a full bundle.
    public static let tileWidth = 256
    /// The highest level at which a tree of fewer than 2^53 leaves has tiles: 2^(8·6) ≤ 2^53 < 2^(8·7).
    public static let maxTileLevel = 6
    /// A full bundle of the largest headers with their length prefixes.
    public static let maxBundleBytes = tileWidth * (maxHeaderBytes + 2)
    /// A body is below 1.5 KiB, the signature 684 characters, an attestation below 6 KiB.
    public static let maxManifestBytes = 16 * 1_024
    /// Thousands of keys; a person reads this file.
    public static let maxTrustFileBytes = 1 << 20
    /// Eight decimal digits name a segment (FORMAT 5.1).
    public static let maxSegmentNumber: UInt64 = 99_999_999
    /// FORMAT 5.1. What a crash can leave durable but not yet signed: a few commit groups of some thousand
    /// entries. A longer tail is no accident.
    public static let maxUnsignedTail: UInt64 = 65_536
    /// FORMAT 5.1. Boundaries whose roots a verifier remembers for published checkpoints that were kept in
    /// a later segment: seconds of single-entry groups at full speed.
    public static let recentBoundaries = 65_536
    /// FORMAT 8. A payload that a verifier interprets: a key with room for TPM evidence to come.
    public static let maxStatementBytes = 16 * 1_024
    /// FORMAT 8. An RSA-4096 SPKI takes 736 characters of base64; `isAcceptable` reads up to 1,024 bytes.
    public static let maxPublicKeyTextBytes = 1_368
    /// RSASSA-PSS with 4,096 bits.
    public static let manifestSignatureBytes = 512
    /// FORMAT 5.4. TPMS_ATTEST: 145 bytes for a quote of SHA-256, 151 for a counter; the rest is in hand.
    public static let maxAttestBytes = 1_024
    /// FORMAT 9.2.
    public static let maxRecoveryReasonBytes = 512
    /// FORMAT 5.4. TPMT_SIGNATURE: 72 bytes for ECDSA P-256.
    public static let maxAttestSignatureBytes = 256
    /// Platform configuration registers of a TPM 2.0 in a PC: 0 to 23.
    public static let platformRegisters = 24
    /// TPM Name of an NV index: 0x000B ‖ SHA-256.
    public static let counterNameBytes = 34
}
