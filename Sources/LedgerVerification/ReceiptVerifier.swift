public import LedgerFormat

/// Verifies receipts and tlog-proof files (FORMAT 7) with nothing but the trust file.
public struct ReceiptVerifier: Sendable {
    private let trust: TrustFile?

    public init(trust: TrustFile?) {
        self.trust = trust
    }

    /// - Throws: `unreadable`, and whatever `verify(bytes:)` throws.
    public func verify(path: String) throws(VerificationFailure) -> VerifiedReceipt {
        let name = EvidenceFile.name(path)
        let bytes = try EvidenceFile.read(
            path, atMost: LedgerLimits.maxReceiptBytes, tooLarge: .receiptMalformed)
        do throws(VerificationFailure) {
            return try verify(bytes: bytes)
        } catch {
            var failure = error
            failure.file = name
            throw failure
        }
    }

    /// - Throws: `receiptMalformed`, `header`, `trustFile`, `checkpointMalformed`,
    ///   `checkpointSignature`, `inclusion`.
    public func verify(bytes: [UInt8]) throws(VerificationFailure) -> VerifiedReceipt {
        let receipt: InclusionReceipt
        do throws(InclusionReceiptError) {
            receipt = try InclusionReceipt(parsing: bytes)
        } catch {
            throw VerificationFailure(.receiptMalformed, error.message)
        }
        guard let headerBytes = receipt.extra else {
            throw VerificationFailure(
                .receiptMalformed, index: receipt.index,
                "the proof has no extra line with the entry's header, so it does not say of what "
                    + "entry it speaks; ask for the receipt instead")
        }
        let header: EntryHeader
        do throws(EntryHeaderError) {
            header = try EntryHeader(canonical: headerBytes)
        } catch {
            throw VerificationFailure(.header, index: receipt.index, error.message)
        }
        guard header.index == receipt.index else {
            throw VerificationFailure(
                .header, index: receipt.index, "the header says index \(header.index)")
        }
        let checkpoint = try checkpoint(of: receipt, header: header)
        let leaf = MerkleTree.leafHash(headerBytes)
        do throws(MerkleProofError) {
            try MerkleProof.verifyInclusion(
                leaf: leaf, index: receipt.index, size: checkpoint.size, proof: receipt.hashes,
                root: checkpoint.root)
        } catch {
            throw VerificationFailure(.inclusion, index: receipt.index, error.message)
        }
        return VerifiedReceipt(
            header: header, leaf: leaf, origin: checkpoint.origin, treeSize: checkpoint.size,
            root: checkpoint.root, isSignatureChecked: trust != nil)
    }

    private func checkpoint(
        of receipt: InclusionReceipt, header: EntryHeader
    ) throws(VerificationFailure) -> Checkpoint {
        guard let trust else {
            let checkpoint = try CheckpointAuthority.parse(receipt.checkpoint).1
            guard LedgerOrigin(checkpoint.origin)?.generation == header.generation else {
                throw VerificationFailure(
                    .checkpointMalformed, "its origin is not of generation \(header.generation)")
            }
            return checkpoint
        }
        guard let generation = trust.generation(header.generation) else {
            throw VerificationFailure(
                .trustFile, "generation \(header.generation) is not in the trust file")
        }
        let authority = try CheckpointAuthority(origin: generation.origin, trusted: generation)
        return try authority.open(receipt.checkpoint, kind: .published)
    }
}
