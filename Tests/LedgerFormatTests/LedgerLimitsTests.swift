import LedgerFormat
import Testing

/// Limits hold only together: each of these says why one must not move without the other.
@Suite struct LedgerLimitsTests {
    @Test func headersFitEverywhereTheyGo() {
        #expect(EntryHeader.widestBytes <= LedgerLimits.maxHeaderBytes)
        // The uint16 before an entry of a bundle.
        #expect(LedgerLimits.maxHeaderBytes <= Int(UInt16.max))
        #expect(LedgerLimits.maxBundleBytes > LedgerLimits.tileWidth * LedgerLimits.maxHeaderBytes)
        #expect(LedgerLimits.maxPayloadBytes <= LedgerLimits.maxCanonicalJSONBytes)
    }

    @Test func aReceiptHoldsItsParts() {
        let header = (LedgerLimits.maxHeaderBytes + 2) / 3 * 4
        let proof = LedgerLimits.maxProofHashes * 45
        #expect(LedgerLimits.maxReceiptBytes >= LedgerLimits.maxNoteBytes + header + proof + 128)
    }

    @Test func aNoteHoldsACheckpointAndSixtyFourEd25519Lines() {
        let checkpoint = LedgerLimits.maxKeyNameBytes + 16 + 44 + 3
        let line = 5 + LedgerLimits.maxKeyNameBytes + 92 + 1
        #expect(
            LedgerLimits.maxNoteBytes >= checkpoint + 1 + LedgerLimits.maxNoteSignatures * line)
        #expect(LedgerLimits.maxNoteSignatures >= 16)
        #expect(LedgerLimits.maxVerifierKeyBytes >= LedgerLimits.maxKeyNameBytes + 200)
    }

    @Test func treesFitTheirTilesAndProofs() {
        let size = LedgerLimits.maxInteger
        #expect(size >> UInt64(8 * LedgerLimits.maxTileLevel) > 0)
        #expect(size >> UInt64(8 * (LedgerLimits.maxTileLevel + 1)) == 0)
        #expect(UInt64.bitWidth - size.leadingZeroBitCount == LedgerLimits.maxProofHashes)
    }

    @Test func manifestsFit() throws {
        let largest = try SegmentManifestBody(
            segment: LedgerLimits.maxSegmentNumber, generation: LedgerLimits.maxInteger,
            origin: String(repeating: "n", count: LedgerLimits.maxKeyNameBytes - 18)
                + "/g\(LedgerLimits.maxInteger)",
            firstIndex: LedgerLimits.maxInteger - 1, count: 1, firstLeafHash: .zero,
            lastLeafHash: .zero, root: .zero, subjectHeadsRoot: .zero, fileHash: .zero,
            fileSize: LedgerLimits.maxInteger, previousManifestHash: .zero, sealedAt: .latest)
        let manifest = SegmentManifest(
            body: largest,
            signature: try SegmentManifestSignature(
                keyID: "0011223344556677",
                value: [UInt8](repeating: 1, count: LedgerLimits.manifestSignatureBytes)))
        #expect(manifest.fileBytes().count * 4 < LedgerLimits.maxManifestBytes)
        #expect(try SegmentManifest(parsing: manifest.fileBytes()) == manifest)
        // All registers, and both statements of the largest size that is read.
        let base64 = [LedgerLimits.maxAttestBytes, LedgerLimits.maxAttestSignatureBytes]
            .map { ($0 + 2) / 3 * 4 }.reduce(0, +)
        let register = #"{"index":23,"value":""},"#.utf8.count + 64
        let attestation = 2 * base64 + LedgerLimits.platformRegisters * register + 200
        #expect(manifest.fileBytes().count + attestation < LedgerLimits.maxManifestBytes)
    }

    @Test func errorsHaveACodeAndANextStep() {
        let errors: [any LedgerFormatError] = [
            EntryHeaderError.tooLarge(bytes: 5_000), MerkleProofError.rootMismatch,
            SignedNoteError.noKnownSignature, CanonicalJSONError.tooDeep,
            TrustFileError.tooLarge, SubjectHeadsError.notSorted,
            SegmentManifestError.attestationMalformed(member: "pcrs", rule: "an array"),
            SegmentManifestError.attestationMismatch(rule: "another manifest"),
            SegmentManifestError.attestationBadSignature(statement: "quote"),
        ]
        for error in errors {
            #expect(error.code.allSatisfy { $0.isLowercase || $0 == "-" })
            #expect(error.message.count > 20)
            #expect("\(error)".hasPrefix(error.code))
        }
    }
}
