/// Every limit of the store in one place, each with its reason. Sizes are in bytes.
public struct StoreLimits: Sendable {
    /// Entries of one append, its audit entry included: a bulk request's group, and never more than
    /// a commit group takes.
    public var appendEntries = 4_096
    /// Payload bytes of one append; a frame of 16 MiB is the most that arrives anyway.
    public var appendBytes = 12 << 20
    /// Mutations of one append: their results fit the audit entry's payload of 1 MiB four times over.
    public var appendMutations = 1_024
    /// Entries of one commit group. Beyond some thousand a larger group gains nothing (measured:
    /// 512 → 4,096 callers adds a third), and the keeper takes a group's leaf hashes in one frame.
    public var groupEntries = 4_096
    /// Bounds the transaction, and the memory of what is not signed yet.
    public var groupBytes = 12 << 20
    /// Appends that wait for a group. At 10,000 a second this is less than half a second of work, and half of
    /// what the daemon lets one connection have in flight: the other half is for whoever only reads.
    public var queuedAppends = 4_096
    /// Bytes of those: bounds memory whatever callers send. Less than one connection may have in flight.
    public var queuedBytes = 48 << 20
    /// What an overloaded caller is told to wait: one full queue at the rate above, rounded up.
    public var overloadedRetryMilliseconds: UInt32 = 500
    /// What a caller is told to wait while the ledger cannot write.
    public var unavailableRetryMilliseconds: UInt32 = 2_000
    /// How far behind the last entry the clock may be: steps of a time daemon, not a wrong clock.
    public var clockToleranceMicroseconds: Int64 = 2_000_000
    /// Published checkpoints: at most one in this time (DESIGN, "The ledger format").
    public var publishInterval: Duration = .seconds(1)
    /// How long a checkpoint waits for the hardware key's line before it is published without: a TPM signs in a fraction of
    /// this, also while it seals, and monitors look every few seconds.
    public var publishPatience: Duration = .seconds(2)
    /// Wait between tries to sign or project what is durable.
    public var retryInterval: Duration = .milliseconds(250)
    /// Wait between tries to write again after a failed commit.
    public var probeInterval: Duration = .seconds(1)
    /// Below this much free disk nothing is appended but what an operator does: WAL and projections still fit.
    public var reservedDiskBytes: UInt64 = 256 << 20
    /// Below this much even an operator's append needs the ballast.
    public var operatorDiskBytes: UInt64 = 32 << 20
    /// Room for some thousand operations, a WAL that grows and its copy in the segment.
    public var ballastBytes: UInt64 = 64 << 20
    /// A segment this large is ended and sealed: the sealer copies, hashes and verifies one in about half a minute.
    public var segmentBytes: UInt64 = 1 << 30
    /// So is one whose first entry is this old: what is sealed is what can be carried away.
    public var segmentAge: Duration = .seconds(24 * 3_600)
    /// The WAL is copied into the segment file off the append path each time it grew by this much: seldom enough that a page
    /// is not copied again and again, and that commits do not wait for its fsync.
    public var checkpointBytes: UInt64 = 8 << 20
    /// Should that not keep up, the committer does it itself at this size, to bound disk and restart.
    public var largestWALBytes: UInt64 = 128 << 20
    /// Entries per step of catch-up and rebuild. Rows go to random places of the tables: the more of them a
    /// transaction takes together, the fewer pages are written twice.
    public var catchUpEntries = 16_384
    /// Bytes of such a step, of which three are in memory.
    public var catchUpBytes = 16 << 20
    /// Wait between tries to finish a seal, or its announcement.
    public var sealRetryInterval: Duration = .seconds(5)
    /// Subjects that one step of the keeper's epoch erases.
    public var erasuresAtOnce = 1_000
    /// How often the TPM's anchor is certified into a ledger that is written to. The keeper moves it by itself a little later; a
    /// TPM's memory wears out by writing.
    public var anchorInterval: Duration = .seconds(240)
    /// Wait between the first tries while the TPM does not answer; longer and longer, up to the above.
    public var anchorRetryInterval: Duration = .seconds(10)
    /// How long whoever ordered an erasure waits for it: less than the gateway waits for an answer.
    public var erasurePatience: Duration = .seconds(10)

    /// Recipients that an order to erase queues for notice, in its own append: four such fit a group. Their bytes count in no limit, since
    /// they do not wait in the queue.
    public var noticesPerErasure = 1_000
    /// Legal holds of one contact that are not released.
    public var holdsPerContact = 64

    /// Audit entries of one page, and bytes after which it is full: a frame takes 16 MiB, one entry with its lines 64 KiB.
    public var auditRows = 500
    /// Requests of data subjects on one page of the queue.
    public var requestRows = 200
    public var auditBytes = 4 << 20
    /// Positions that one page looks through: some 20 ms.
    public var auditSpan: UInt64 = 1 << 18

    /// Entries of one page of a contact's history, and bytes after which it is full.
    public var historyRows = 512
    public var historyBytes = 2 << 20

    /// Contacts of one page of a search, and how many are looked at for it: some milliseconds.
    public var searchRows = 100
    public var searchSpan = 1_024

    /// Pages of the audit trail at one time: two of the four readers stay for contacts.
    public var auditScans = 2

    /// Sharings, or records of a source, of one page: some 2 KiB each with all that they may name.
    public var sharingRows = 100
    /// Ids of 16 bytes: more than a runner goes through while it is asked once.
    public var dueEnrichments = 1_000

    public init() {}
}
