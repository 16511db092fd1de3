public import LedgerFormat

/// Folds over the segments of a ledger in order; each must hold in itself and follow what came before.
///
/// After a failure the verifier is spent: its state is that of the failing place.
public struct LedgerVerifier: Sendable {
    public internal(set) var state: LedgerState
    /// Nil: signatures and key ranges are not checked, and `notChecked` says so.
    public let trust: TrustFile?
    /// What could not be checked with this evidence, each said once.
    public internal(set) var notChecked: [String] = []
    /// What an auditor should know although it is no failure.
    public internal(set) var notes: [String] = []
    /// Entries walked and found to hold, also those before a failure in its segment.
    public internal(set) var entries: UInt64 = 0
    /// Names of the receipts that were compared with the tree.
    public internal(set) var compared: [String] = []

    let allowsGaps: Bool
    let claims: [TreeClaim]
    let progress: (@Sendable (VerificationProgress) -> Void)?
    /// Numbers of the segments that were walked.
    var seen: Set<UInt64> = []
    /// Size of the tree of every generation that was walked, and whether it could be computed.
    var trees: [UInt64: (size: UInt64, isWhole: Bool)] = [:]
    /// Sealed segments by whether a TPM attests the seal.
    var attested = 0
    var unattested: [UInt64] = []
    /// Final files without their manifests, which may have appeared meanwhile.
    var unsealedFinals: [UInt64] = []

    /// - Parameters:
    ///   - state: behind an earlier, verified segment; by default before the first.
    ///   - allowsGaps: whether segments may be absent. What then cannot be checked is in `notChecked`.
    ///   - claims: receipts that the ledger must agree with.
    ///   - progress: called from time to time, from any task.
    public init(
        trust: TrustFile?, state: LedgerState = LedgerState(), allowsGaps: Bool = false,
        claims: [TreeClaim] = [], progress: (@Sendable (VerificationProgress) -> Void)? = nil
    ) {
        self.trust = trust
        self.state = state
        self.allowsGaps = allowsGaps
        self.claims = claims
        self.progress = progress
        if trust == nil {
            notChecked.append(
                "signatures of checkpoints, of manifests and of their attestations, and the keys' ranges: "
                    + "no trust file given"
            )
        }
    }

    /// Verifies the next segment.
    ///
    /// A bad entry is named before anything that follows from it; a file whose bytes are not those
    /// sealed although every entry holds fails with `fileHash`.
    public mutating func verify(
        _ segment: UnverifiedSegment
    ) async throws(VerificationFailure) -> VerifiedSegment {
        do throws(VerificationFailure) {
            guard let manifestPath = segment.manifestPath else {
                return try await verifyEntries(segment, manifest: nil)
            }
            let manifest = try ManifestCheck(path: manifestPath)
            try manifest.check(
                number: segment.number,
                previous: segment.number == state.lastSegment + 1 ? state.previousManifest : nil,
                trust: trust)
            return try await verifySealed(segment, manifest: manifest)
        } catch {
            throw error.at(segment: segment.number, file: segment.fileName)
        }
    }

    /// What can only be said after the last segment: that ledger and trust file name the same keys and
    /// generations, that every `SegmentSealed` entry has its manifest, that the end is signed, and that
    /// receipts speak of this tree.
    ///
    /// - Parameter lateManifest: looks up a manifest that appeared after the evidence was listed, as
    ///   when a running ledger finishes a seal meanwhile.
    public mutating func finish(
        lateManifest: (UInt64) -> Digest32? = { _ in nil }
    ) throws(VerificationFailure) {
        if let failure = failureUnlessEnded {
            // It may go on in what is not here.
            guard trust?.generations.contains(where: { $0.generation > state.generation }) == true
            else { throw failure }
            notCheckedOnce("how the last seals of generation \(state.generation) are counted")
        }
        try checkSeals(lateManifest)
        try checkFinals(lateManifest)
        try leaveGeneration()
        try checkGenerations()
        try checkClaims()
    }

    /// What is wrong unless a recovery ended the generation here and made the last seals: how they are counted.
    public var failureUnlessEnded: VerificationFailure? {
        state.sealGaps.min { $0.key < $1.key }?.value
    }

    mutating func notCheckedOnce(_ what: String) {
        if !notChecked.contains(what) { notChecked.append(what) }
    }

    func trusted(
        _ generation: UInt64
    ) throws(VerificationFailure) -> TrustFile.Generation? {
        guard let trust else { return nil }
        return try trust.require(generation)
    }
}
