public import LedgerFormat

/// What the segments verified so far leave behind for the next: everything that a rule of FORMAT
/// relates to something earlier.
public struct LedgerState: Sendable {
    /// 0 before the first segment.
    public internal(set) var generation: UInt64 = 0
    public internal(set) var origin = ""
    /// Number of the last verified segment; 0 before the first.
    public internal(set) var lastSegment: UInt64 = 0
    /// Leaf index that the next entry must have.
    public internal(set) var nextIndex: UInt64 = 0
    /// Leaf hash of the last entry.
    public internal(set) var previousLeaf: Digest32?
    public internal(set) var lastTime: LedgerTime?
    /// The tree so far; nil when the evidence begins in the middle of a generation, so that no root
    /// can be computed.
    public internal(set) var frontier: MerkleFrontier? = MerkleFrontier()
    /// Hash of the last verified manifest.
    public internal(set) var previousManifest: Digest32?
    /// Size of the largest tree whose checkpoint was found in order; 0 while there is none.
    public internal(set) var signedSize: UInt64 = 0
    /// Tree size at the end of the last sealed segment.
    public internal(set) var sealedSize: UInt64 = 0

    /// The first boundary without a checkpoint; from there on no boundary may have one, in this segment
    /// or a later one.
    var unsignedFrom: UInt64?
    /// Index of the first entry of this generation that is part of the evidence.
    var firstSeen: UInt64 = 0
    var subjects = SubjectHeadTable()
    var recentRoots = RecentRoots()
    var seals = SealHistory()
    var anchors = AnchorHistory()
    /// The generation before, where it is part of the evidence.
    var ended: EndOfGeneration?
    /// Seals that are not counted on from the one before, by segment: sound only where the recovery of a generation made
    /// them, hence where no `SegmentSealed` of their generation announces them and another generation follows.
    var sealGaps: [UInt64: VerificationFailure] = [:]
    /// Nil without a trust file: then nothing that the ledger says of keys is compared.
    var keys: KeyHistory?
    /// Manifest hash of every verified sealed segment.
    var manifests: [UInt64: Digest32] = [:]
    /// `SegmentSealed` entries for which no manifest was known when they were met.
    var openSeals: [SealStatement] = []

    /// Before the first entry of a ledger.
    public init() {}

    /// Behind a segment that the caller has verified before, and knows not to have changed since: how
    /// a ledger verifies a segment it has just sealed without walking all earlier ones again.
    ///
    /// - Parameters:
    ///   - frontier: the tree of all entries up to and including segment `lastSegment`.
    ///   - subjectHeads: heads after the same entry, in any order.
    ///   - previousAttestation: that of the last manifest, which the next one's follows; nil: none.
    public init(
        generation: UInt64, origin: String, lastSegment: UInt64, previousLeaf: Digest32?,
        lastTime: LedgerTime?, frontier: MerkleFrontier, previousManifest: Digest32?,
        subjectHeads: some Sequence<SubjectHeads.Head>,
        previousAttestation: SegmentAttestation? = nil
    ) {
        self.generation = generation
        self.origin = origin
        self.lastSegment = lastSegment
        nextIndex = frontier.size
        firstSeen = frontier.size
        self.previousLeaf = previousLeaf
        self.lastTime = lastTime
        self.frontier = frontier
        self.previousManifest = previousManifest
        signedSize = frontier.size
        sealedSize = frontier.size
        seals = SealHistory(previousAttestation, segment: lastSegment)
        subjects = SubjectHeadTable(subjectHeads)
        recentRoots = RecentRoots(isWhole: frontier.size == 0)
        if frontier.size > 0 { recentRoots.add(size: frontier.size, root: frontier.root) }
    }

    /// Entries of the evidence behind the last signed checkpoint.
    var unsignedTail: UInt64 { nextIndex - min(nextIndex, max(signedSize, firstSeen)) }

    /// Every subject head so far, sorted as FORMAT 5.2 says.
    public func subjectHeads() -> [SubjectHeads.Head] { subjects.sorted() }
}

/// A `SegmentSealed` entry.
struct SealStatement: Sendable {
    let index: UInt64
    let segment: UInt64
    let manifestHash: Digest32
    /// Number of the segment that holds the entry.
    let holder: UInt64
}
