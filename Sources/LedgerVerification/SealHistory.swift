internal import LedgerFormat

/// How the attested seals of one generation follow each other, by attestation key and counter (FORMAT 5.4): the counter
/// advances once for each seal, and the TPM's time does not go back.
struct SealHistory: Sendable {
    private struct Seal: Sendable {
        let segment: UInt64
        let attestation: SegmentAttestation
        /// Later segments that are not part of the evidence: each may have advanced the counter.
        var unseen: UInt64 = 0
    }

    private struct Counter: Hashable, Sendable {
        let keyID: String
        let name: [UInt8]

        init(_ attestation: SegmentAttestation) {
            keyID = attestation.keyID
            name = attestation.counterName
        }
    }

    /// By key id and the counter's name. No more than there are trusted keys, or without a trust file, segments.
    private var last: [Counter: Seal] = [:]

    init() {}

    /// - Parameter attestation: that of the segment before; nil when it has none.
    init(_ attestation: SegmentAttestation?, segment: UInt64) {
        if let attestation {
            last[Counter(attestation)] = Seal(segment: segment, attestation: attestation)
        }
    }

    /// Passes over segments that are not here.
    mutating func skip(_ segments: UInt64) {
        for key in last.keys { last[key]?.unseen += segments }
    }

    /// - Returns: what an auditor should know of the registers, or nil; and `sealCounter`, without its place, for a seal
    ///   that only a recovery can have made: the counter skips values, or the TPM was put back.
    /// - Throws: `sealCounter`, without its place.
    mutating func follow(
        _ attestation: SegmentAttestation, segment: UInt64
    ) throws(VerificationFailure) -> (note: String?, gap: VerificationFailure?) {
        let before = last[Counter(attestation)]
        let gap = try before.flatMap { before throws(VerificationFailure) in
            try Self.check(attestation, after: before)
        }
        last[Counter(attestation)] = Seal(segment: segment, attestation: attestation)
        return (before.flatMap { Self.difference(attestation, segment, from: $0) }, gap)
    }

    private static func check(
        _ attestation: SegmentAttestation, after before: Seal
    ) throws(VerificationFailure) -> VerificationFailure? {
        let (now, then) = (attestation.counter, before.attestation.counter)
        let wrong = VerificationFailure(
            .sealCounter,
            "its seal counter is \(now), that of segment \(before.segment) is \(then): it advances by "
                + "one with each seal, so a seal is missing here or was made again")
        guard now > then else { throw wrong }
        guard
            before.attestation.clocks.allSatisfy({ earlier in
                attestation.clocks.allSatisfy { earlier.precedes($0) }
            })
        else {
            return VerificationFailure(
                .sealCounter,
                "the TPM's resets, restarts or clock went back since segment \(before.segment) was sealed: "
                    + "its state was put back, or the seals changed places")
        }
        return now - then - 1 <= before.unseen ? nil : wrong
    }

    private static func difference(
        _ attestation: SegmentAttestation, _ segment: UInt64, from before: Seal
    ) -> String? {
        let (now, then) = (values(attestation), values(before.attestation))
        let changed = Set(now.keys).union(then.keys).filter { now[$0] != then[$0] }.sorted()
        guard !changed.isEmpty else { return nil }
        return "segment \(segment) was sealed on a platform in another state than segment "
            + "\(before.segment): PCR \(changed.map(String.init).joined(separator: ", "))"
    }

    private static func values(_ attestation: SegmentAttestation) -> [Int: Digest32] {
        Dictionary(
            attestation.registers.map { ($0.index, $0.value) }, uniquingKeysWith: { $1 })
    }
}
