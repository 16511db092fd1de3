internal import LedgerFormat

/// A manifest file as read: parsed, canonical, its hash taken; not yet believed.
struct ManifestCheck: Sendable {
    let manifest: SegmentManifest
    let hash: Digest32
    let fileName: String

    /// - Throws: `unreadable`, `manifestMalformed`, `attestationMalformed`.
    init(path: String) throws(VerificationFailure) {
        try EvidenceFile.requireRegular(path)
        try self.init(
            try EvidenceFile.read(
                path, atMost: LedgerLimits.maxManifestBytes, tooLarge: .manifestMalformed),
            of: EvidenceFile.name(path))
    }

    /// - Parameter file: what a failure names.
    init(_ bytes: [UInt8], of file: String) throws(VerificationFailure) {
        fileName = file
        do throws(SegmentManifestError) {
            manifest = try SegmentManifest(parsing: bytes)
        } catch {
            let code: VerificationFailure.Code =
                if case .attestationMalformed = error { .attestationMalformed } else {
                    .manifestMalformed
                }
            throw VerificationFailure(code, file: fileName, error.message)
        }
        // Of the bytes as found, not as written again.
        hash = EvidenceFile.digest(of: bytes)
    }

    /// What the manifest must be before the segment is looked at: for this segment, behind the
    /// manifest before, signed by a key that may, attested where a TPM is trusted to.
    ///
    /// - Parameter previous: hash of the manifest before; nil when it is not part of the evidence.
    func check(
        number: UInt64, previous: Digest32?, trust: TrustFile?
    ) throws(VerificationFailure) {
        let body = manifest.body
        guard body.segment == number else {
            throw failure(.manifestMismatch, "it is the manifest of segment \(body.segment)")
        }
        if number == 1 || previous != nil, body.previousManifestHash != previous {
            throw failure(
                .manifestChain, "previousManifestHash is not the hash of the manifest before")
        }
        if let trust { try checkSignature(trust) }
        try checkAttestation(trust)
    }

    /// What the manifest must say of the segment that was walked.
    func check(
        row: SegmentRow, count: UInt64, firstLeaf: Digest32?, state: LedgerState
    ) async throws(VerificationFailure) {
        let body = manifest.body
        func require(_ holds: Bool, _ member: String) throws(VerificationFailure) {
            guard holds else {
                throw failure(.manifestMismatch, "\(member) is not that of the segment file")
            }
        }
        try require(body.generation == row.generation, "generation")
        try require(body.origin == row.origin, "origin")
        try require(body.firstIndex == row.firstIndex, "firstIndex")
        try require(body.count == count && count >= 1, "count")
        try require(body.treeSize == state.nextIndex, "treeSize")
        try require(body.firstLeafHash == firstLeaf, "firstLeafHash")
        try require(body.lastLeafHash == state.previousLeaf, "lastLeafHash")
        if let frontier = state.frontier { try require(body.root == frontier.root, "root") }
        if state.subjects.isComplete {
            let root = await state.subjects.root()
            try require(body.subjectHeadsRoot == root, "subjectHeadsRoot")
        }
    }

    private func checkSignature(_ trust: TrustFile) throws(VerificationFailure) {
        let body = manifest.body
        let listed = try trust.require(body.generation).keys.filter { $0.use == .segmentManifest }
        // A generation's recovery seals what is left of it with the key of the next one, where its own are destroyed.
        let later = trust.generations.filter { $0.generation > body.generation }.flatMap(\.keys)
            .filter { $0.use == .segmentManifest && $0.keyID == manifest.signature.keyID }
        let valid =
            try later.isEmpty
            ? keys(manifest.signature.keyID, of: listed, "its key", .manifestSignature) : later
        let isGood = valid.contains { key in
            do throws(SegmentManifestError) {
                try manifest.verifySignature(spki: key.publicKey)
                return true
            } catch {
                return false
            }
        }
        guard isGood else {
            throw failure(.manifestSignature, "the signature is not that of its bytes")
        }
    }

    /// The keys with this id that count for the manifest.
    ///
    /// - Parameter name: how a message calls the key.
    func keys(
        _ keyID: String, of listed: [TrustedKey], _ name: String,
        _ code: VerificationFailure.Code
    ) throws(VerificationFailure) -> [TrustedKey] {
        let body = manifest.body
        let keys = listed.filter { $0.keyID == keyID }
        guard !keys.isEmpty else {
            throw failure(
                code,
                "\(name) \(keyID) is not in the trust file for generation \(body.generation)")
        }
        let valid = keys.filter { $0.counts(atSize: body.treeSize) }
        guard !valid.isEmpty else {
            throw failure(code, "\(name) \(keyID) is not valid at size \(body.treeSize)")
        }
        return valid
    }

    func failure(
        _ code: VerificationFailure.Code, _ reason: String
    ) -> VerificationFailure {
        VerificationFailure(code, file: fileName, reason)
    }
}
