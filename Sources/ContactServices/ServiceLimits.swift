/// Bounds of the services, with their reasons.
public enum ServiceLimits {
    /// Longer than a group commit on a slow disk, shorter than a client's patience.
    public static let callTimeout: Duration = .seconds(30)
    /// A seal hashes and verifies a whole segment before it answers.
    public static let sealTimeout: Duration = .seconds(600)
    /// Drawing an RSA-4096 key takes seconds, and what waits to be sealed is sealed before the old one goes.
    public static let rotationTimeout: Duration = .seconds(600)
    /// Probes of readiness must answer while a peer hangs.
    public static let healthTimeout: Duration = .seconds(2)

    /// Values to decrypt in one call; the keeper takes 4,096. How many values a contact has, nothing bounds but the frame it comes in.
    public static let decryptItems = 1_024

    /// Entries of a contact that are asked for at a time, and of those of a page of its history: the ledger gives 512.
    static let historyRows = 512
    static let historyItems = 500

    /// Values of a contact that is relabelled: the keeper gives its word for all in one call, and takes so many.
    static let relabelItems = 4_096

    /// Entries of one contact that are handed out as one document, each with its payload and its receipt: some 6 KiB.
    static let provedEntries = 2_000
    /// Bytes of their headers, payloads and receipts: in base64, and with opened values, a document stays below the 64 MiB of FORMAT 9.11.
    static let provedBytes = 24 << 20
    /// Such documents that are made at one time, some 100 MB each.
    static let proofsAtATime = 3

    /// Lines of one append group: large enough to share one fsync and one signature, small enough that those in
    /// flight are a few megabytes.
    public static let bulkGroupLines = 64
    public static let bulkGroupBytes = 512 * 1_024
    /// While some groups of a stream wait for the ledger's commit, others are derived and encrypted. With four, all waited for the same
    /// commit and nobody worked meanwhile (measured: 16 give 1.5 times the rate).
    public static let bulkGroupsInFlight = 16
    /// Bytes of their lines: four groups of the largest. Groups of short lines reach the number before.
    public static let bulkBytesInFlight = 4 * bulkGroupBytes
    /// Entries, and values to encrypt, of a group: the ledger takes 4,096 entries an append with its audit entry, the
    /// keeper 4,096 values a call. Many small attributes reach this before 512 KiB.
    public static let bulkGroupEntries = 2_048
    /// Bytes of a group's purposes joined by commas: what the ledger lets an audit entry's purpose be.
    public static let bulkGroupPurposeBytes = 256
    /// Callers and addresses whose sealed form is kept, some 300 bytes each.
    static let sealedAddresses = 4_096
    /// For how long: so often at most audit entries of one caller show that they came from one place.
    static let sealedAddressLife: Duration = .seconds(600)
    /// How long a keeper that could not is not asked again.
    static let unsealedAddressLife: Duration = .seconds(5)
    /// Reads of the trail and its operators wait for no more: what needs the keeper waits for it later.
    static let sealAddressTimeout: Duration = .milliseconds(500)
    /// A line with 64 attributes of 4,096 bytes fits, barely.
    public static let bulkLineBytes = 256 * 1_024
    /// Input read ahead of the groups in flight.
    public static let bulkReadAheadBytes = 1_024 * 1_024
    /// About 20 MB in the worst case.
    public static let bulkRefs = 100_000
    /// A bulk group waits out a full queue this often before its lines are answered 503.
    public static let bulkOverloadRetries = 6
    public static let bulkOverloadPause: Duration = .milliseconds(250)
    public static let bulkOverloadPauseMax: Duration = .seconds(2)
    /// How long a change of the access policies through another gateway may go unnoticed here; asking costs the ledger one row.
    public static let policyInterval: Duration = .seconds(1)
    /// While there are none nobody is let in.
    public static let policyRetryInterval: Duration = .milliseconds(100)
    public static let policyTimeout: Duration = .seconds(5)
    /// A policy that cannot be evaluated fails with most requests; a line a minute is enough to be seen.
    public static let skippedPolicyInterval: Duration = .seconds(60)
    /// How long what the daemons said of themselves is passed on to probes: less than any probe's interval.
    public static let readinessMemory: Duration = .milliseconds(250)
    /// How soon a gateway goes on with an enrichment that something can be done about.
    static let enrichmentInterval: Duration = .milliseconds(500)
    /// Of one question what is due.
    static let dueEnrichments: UInt32 = 1_000
    /// How long one that could not go on is left alone: doubled each time, up to the most.
    static let enrichmentPause: Duration = .seconds(2)
    static let enrichmentPauseMost: Duration = .seconds(600)
    /// Of so many that is remembered; of more than these all are looked at again.
    static let pausedEnrichments = 10_000
    /// Of one enrichment before the next has its turn: what is due takes three, and what changes meanwhile some more.
    static let enrichmentSteps = 8
    /// Whom one correction or restriction is to be told: the ledger takes so many notices with an answer.
    static let noticesPerAnswer = 256
    /// Sharings that an access answer tells: some megabytes; of more, the newest.
    static let sharingsTold = 10_000
}
