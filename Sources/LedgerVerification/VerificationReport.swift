/// What a verification found; also the machine-readable answer of `chancery-verify --json`, whose
/// members only ever grow. Hashes are lower-case hex.
public struct VerificationReport: Sendable, Codable {
    public enum Outcome: String, Sendable, Codable {
        /// Everything holds.
        case verified
        /// What could be checked holds; `notChecked` says what could not.
        case partial
        /// `failure` says what does not hold.
        case failed
    }

    public struct Key: Sendable, Codable {
        public let use: String
        public let algorithm: String
        public let name: String
        public let keyId: String
        public let fromSize: UInt64
        public let untilSize: UInt64?
    }

    public internal(set) var outcome: Outcome = .verified
    /// Entries walked and found to hold, also those before the failure in its segment.
    public internal(set) var entries: UInt64 = 0
    public internal(set) var segments = 0
    public internal(set) var sealedSegments = 0
    /// Sealed segments whose seal a TPM attests (signature unchecked without trust file).
    public internal(set) var attestedSegments = 0
    /// Entries in which a TPM certifies how far the tree had grown (signature unchecked without trust file).
    public internal(set) var anchors = 0
    /// How many were walked.
    public internal(set) var generations = 0
    /// The last of them.
    public internal(set) var generation: UInt64 = 0
    public internal(set) var origin = ""
    /// Entries of the current generation's tree.
    public internal(set) var treeSize: UInt64 = 0
    /// Its root; nil when earlier segments are not part of the evidence.
    public internal(set) var root: String?
    /// Size of the largest tree with a valid signed checkpoint (signature unchecked without trust file).
    public internal(set) var signedSize: UInt64 = 0
    /// Entries behind `signedSize`: durable, not yet signed.
    public internal(set) var unsignedTail: UInt64 = 0
    /// Entries behind the last sealed segment.
    public internal(set) var liveTail: UInt64 = 0
    /// Keys of the trust file for the last generation.
    public internal(set) var keys: [Key] = []
    /// Names of the receipts given with the ledger that its tree agrees with.
    public internal(set) var receiptsCompared: [String] = []
    /// What could not be checked, and why.
    public internal(set) var notChecked: [String] = []
    /// What an auditor should know although it is no failure.
    public internal(set) var notes: [String] = []
    public internal(set) var failure: VerificationFailure?

    init() {}

    /// A report of nothing but a failure.
    public init(failure: VerificationFailure) {
        self.failure = failure
        outcome = .failed
    }

    /// Adds what the caller knows about how the evidence was obtained.
    public mutating func add(note: String) {
        notes.append(note)
    }
}
