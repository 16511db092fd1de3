/// What one call may ask of the keeper, and what it keeps in memory; each with its reason.
public enum CustodyLimits {
    /// Values in one encrypt, decrypt or reindex call: a frame of 16 MiB holds no more of useful size,
    /// and one call must not hold the keystore's writer for long.
    public static let maxItems = 4_096
    /// Bytes of one plaintext: the largest field of a contact is far smaller.
    public static let maxPlaintext = 64 * 1_024
    /// Bytes of one canonical value to index; an email has at most 254.
    public static let maxIndexInput = 1_024
    /// Bytes of an idempotency key as the client sent it.
    public static let maxIdempotencyKey = 255
    /// Bytes of a principal's id (`sub`).
    public static let maxPrincipal = 64
    /// Leaf hashes in one commit group.
    public static let maxLeafHashes = 65_536
    /// Subject keys kept open, 32 bytes each in locked memory (256 KiB); the rest is one look-up away.
    static let cachedSubjectKeys = 8_192
    /// Day keys kept open: a year.
    static let cachedDayKeys = 366
    /// Rows, about, in one keystore transaction of several works: some 3 ms, which is what a signature may have
    /// to wait.
    static let maxWeightPerCommit = 512
    /// Subject keys drawn before one transaction and in it, for the same reason.
    static let maxDrawsPerCommit = 256
    /// Subject keys wrapped anew in one transaction of an erasure: some 20 ms, which is what others may have to wait.
    static let maxRewrappedPerCommit = 2_048
    /// Boundaries dropped in one transaction after a manifest is signed.
    static let maxPrunedPerCommit = 1_024
    /// Receipts that wait for a signature: a TPM makes a few a second, and a seal or an erasure waits behind them.
    static let maxReceiptsAtOnce = 8
    /// People who share an escrow's key: more than anybody brings together.
    public static let maxEscrowHolders = 32
    /// Bytes of an escrow file: 32 holders with their shares take some 12 KiB.
    static let maxEscrowFile = 64 * 1_024
    /// The keystore's copy beside an escrow is made anew after so long, if anything was signed: what it lacks is what a
    /// restore without a backup of the escrow's epoch loses.
    static let escrowCopyInterval = Duration.seconds(3_600)
}
