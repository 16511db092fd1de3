internal import FoundationEssentials
public import LedgerFormat

/// Verifies a document of one subject (FORMAT 9.11) with nothing but the trust file.
public struct SubjectVerifier: Sendable {
    private let trust: TrustFile?

    public init(trust: TrustFile?) { self.trust = trust }

    /// - Throws: `unreadable`, and whatever `verify(bytes:)` throws.
    public func verify(path: String) throws(VerificationFailure) -> VerifiedSubject {
        let bytes = try EvidenceFile.read(
            path, atMost: SubjectEvidence.maxBytes, tooLarge: .subjectMalformed)
        return try VerificationFailure.naming(EvidenceFile.name(path)) {
            () throws(VerificationFailure) in
            try verify(bytes: bytes)
        }
    }

    /// - Throws: `subjectMalformed`, `subjectEntry`, `subjectSuccessor`, `subjectHeads`, `subjectMissing`, `subjectData`; what
    ///   receipts and manifests throw.
    public func verify(bytes: [UInt8]) throws(VerificationFailure) -> VerifiedSubject {
        let evidence: SubjectEvidence
        let chain: SubjectChain
        let opened: Int
        do throws(SubjectEvidenceError) {
            evidence = try SubjectEvidence(parsing: bytes)
            chain = try SubjectChain(evidence.entries, of: evidence.subject)
            opened = try evidence.checkAttributedData()
        } catch {
            throw VerificationFailure(error)
        }
        for entry in evidence.entries {
            _ = try ReceiptVerifier(trust: trust).verify(
                bytes: Array(entry.receipt), header: Array(entry.header))
        }
        return VerifiedSubject(
            subject: evidence.subject, entries: evidence.entries.count,
            sealed: try evidence.heads.map { (proof) throws(VerificationFailure) in
                try sealed(proof, chain, evidence.subject)
            }, openedRecords: opened, isSignatureChecked: trust != nil)
    }

    private func sealed(
        _ proof: SubjectHeadsProof, _ chain: SubjectChain, _ subject: SubjectTag
    ) throws(VerificationFailure) -> VerifiedSubject.Sealed {
        let check = try ManifestCheck(Array(proof.manifest), of: "the manifest in it")
        let body = check.manifest.body
        try check.check(number: body.segment, previous: body.previousManifestHash, trust: trust)
        do throws(SubjectEvidenceError) {
            return VerifiedSubject.Sealed(
                segment: body.segment, generation: body.generation, treeSize: body.treeSize,
                auditEntries: try chain.check(proof, manifest: body, of: subject),
                hasEarlierGenerations: hasGenerations(before: body.generation))
        } catch {
            throw VerificationFailure(error)
        }
    }

    /// Without a trust file as the manifest's own number has it.
    private func hasGenerations(before generation: UInt64) -> Bool {
        guard let trust else { return generation > 1 }
        return trust.generations.contains { $0.generation < generation }
    }
}

/// What was found of a subject whose evidence holds.
public struct VerifiedSubject: Sendable {
    public let subject: SubjectTag
    public let entries: Int
    /// Up to which nothing was left out; nil: the document does not say.
    public let sealed: Sealed?
    /// Provenance records whose hash fits the values that were opened.
    public let openedRecords: Int
    /// False without a trust file: then only the arithmetic was checked.
    public let isSignatureChecked: Bool

    public struct Sealed: Sendable {
        public let segment: UInt64
        public let generation: UInt64
        public let treeSize: UInt64
        /// Of the subject, counted by the seal, and not shown.
        public let auditEntries: UInt64
        /// Each generation has heads of its own: of the entries in those before this one nothing here says that they are all.
        public let hasEarlierGenerations: Bool
    }
}

extension VerificationFailure {
    fileprivate init(_ error: SubjectEvidenceError) {
        let code: Code =
            switch error {
            case .malformed: .subjectMalformed
            case .entry: .subjectEntry
            case .chain: .subjectSuccessor
            case .heads: .subjectHeads
            case .missing: .subjectMissing
            case .attributedData: .subjectData
            }
        self.init(code, error.message)
    }
}
