public import LedgerFormat

/// Verifies receipts and tlog-proof files (FORMAT 7) with nothing but the trust file.
public struct ReceiptVerifier: Sendable {
    let trust: TrustFile?

    public init(trust: TrustFile?) {
        self.trust = trust
    }

    /// - Parameters:
    ///   - header: bytes of the entry's header, for a proof that does not carry them.
    ///   - signature: bytes of the detached JWS that came with the receipt (FORMAT 7.1).
    /// - Throws: `unreadable`, and whatever `verify(bytes:)` throws.
    public func verify(
        path: String, header: [UInt8]? = nil, signature: [UInt8]? = nil
    ) throws(VerificationFailure) -> VerifiedReceipt {
        let bytes = try EvidenceFile.read(
            path, atMost: LedgerLimits.maxReceiptBytes, tooLarge: .receiptMalformed)
        return try VerificationFailure.naming(EvidenceFile.name(path)) {
            () throws(VerificationFailure) in
            try verify(bytes: bytes, header: header, signature: signature)
        }
    }

    /// A proof without the header, in itself or in `header`, gives a receipt without one: its checkpoint
    /// holds, and a ledger can be compared with it.
    ///
    /// - Throws: `receiptMalformed`, `header`, `generationUntrusted`, `trustFile`,
    ///   `checkpointMalformed`, `checkpointSignature`, `inclusion`, `receiptSignature`.
    public func verify(
        bytes: [UInt8], header given: [UInt8]? = nil, signature: [UInt8]? = nil
    ) throws(VerificationFailure) -> VerifiedReceipt {
        let receipt: InclusionReceipt
        do throws(InclusionReceiptError) {
            receipt = try InclusionReceipt(parsing: bytes)
        } catch {
            throw VerificationFailure(.receiptMalformed, error.message)
        }
        if let given, let extra = receipt.extra, given != extra {
            throw VerificationFailure(
                .header, index: receipt.index,
                "the receipt carries another header than the one given")
        }
        let header = try (receipt.extra ?? given).map { (bytes) throws(VerificationFailure) in
            try Self.header(bytes, index: receipt.index)
        }
        let (checkpoint, generation) = try checkpoint(of: receipt)
        guard header.map({ $0.generation == generation }) ?? true else {
            throw VerificationFailure(
                .checkpointMalformed, index: receipt.index,
                "its origin is \(checkpoint.origin), not of the header's generation")
        }
        guard receipt.index < checkpoint.size else {
            throw VerificationFailure(
                .inclusion, index: receipt.index,
                "its checkpoint covers only \(checkpoint.size) entries")
        }
        let leaf = (receipt.extra ?? given).map { MerkleTree.leafHash($0) }
        if let leaf {
            do throws(MerkleProofError) {
                try MerkleProof.verifyInclusion(
                    leaf: leaf, index: receipt.index, size: checkpoint.size, proof: receipt.hashes,
                    root: checkpoint.root)
            } catch {
                throw VerificationFailure(.inclusion, index: receipt.index, error.message)
            }
        }
        var signer: String?
        if let signature {
            signer = try checked(
                signature, of: bytes, generation: generation, size: checkpoint.size)
        }
        return VerifiedReceipt(
            header: header, leaf: leaf, index: receipt.index, origin: checkpoint.origin,
            generation: generation, treeSize: checkpoint.size, root: checkpoint.root,
            isSignatureChecked: trust != nil, signer: signer, proof: receipt.hashes)
    }

    /// - Throws: `unreadable`, `header` when the file is larger than a header may be.
    public static func readHeader(path: String) throws(VerificationFailure) -> [UInt8] {
        try EvidenceFile.read(path, atMost: LedgerLimits.maxHeaderBytes, tooLarge: .header)
    }

    private static func header(
        _ bytes: [UInt8], index: UInt64
    ) throws(VerificationFailure) -> EntryHeader {
        let header: EntryHeader
        do throws(EntryHeaderError) {
            header = try EntryHeader(canonical: bytes)
        } catch {
            throw VerificationFailure(.header, index: index, error.message)
        }
        guard header.index == index else {
            throw VerificationFailure(
                .header, index: index, "the header says index \(header.index)")
        }
        return header
    }

    private func checkpoint(
        of receipt: InclusionReceipt
    ) throws(VerificationFailure) -> (Checkpoint, generation: UInt64) {
        let parsed = try CheckpointAuthority.parse(receipt.checkpoint).1
        guard let origin = LedgerOrigin(parsed.origin) else {
            throw VerificationFailure(
                .checkpointMalformed, index: receipt.index,
                "its origin \(parsed.origin) names no generation")
        }
        guard let trust else { return (parsed, origin.generation) }
        let generation = try trust.require(origin.generation)
        let authority = try CheckpointAuthority(origin: generation.origin, trusted: generation)
        return (
            try authority.open(receipt.checkpoint, kind: .published), generation.generation
        )
    }
}
