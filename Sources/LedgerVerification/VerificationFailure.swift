/// The first thing that does not hold. A value, not a log line: callers branch on `code`, people read
/// `reason`, and the place is given as precisely as the evidence allows.
public struct VerificationFailure: Error, Sendable, Equatable {
    /// What kind of promise is broken.
    public enum Code: String, Sendable, Codable, CaseIterable {
        /// A file cannot be opened or read at all (permission, I/O error, not a regular file).
        case unreadable
        /// No segment file where a ledger was expected.
        case noSegments = "no-segments"
        /// A `.sqlite` or `.manifest` file in the ledger directory whose name is no segment's.
        case fileName = "file-name"
        /// A segment of the sequence is absent, or only its manifest is here.
        case segmentMissing = "segment-missing"
        /// The same segment was given twice.
        case segmentDuplicate = "segment-duplicate"
        /// A sealed segment after an unsealed one.
        case segmentOrder = "segment-order"
        /// The trust file is not one.
        case trustFile = "trust-file"
        /// The trust file lacks the generation of the evidence: nobody trusted vouches for it.
        case generationUntrusted = "generation-untrusted"
        /// The trust file lists a generation that the ledger does not have.
        case generationMissing = "generation-missing"
        /// The last segment is a final file, yet there is no manifest beside it.
        case manifestMissing = "manifest-missing"
        /// The manifest is not canonical or breaks a rule of FORMAT 5.3.
        case manifestMalformed = "manifest-malformed"
        /// The manifest's signature is bad, or by no trusted key valid at its size.
        case manifestSignature = "manifest-signature"
        /// `previousManifestHash` is not the hash of the manifest before.
        case manifestChain = "manifest-chain"
        /// The manifest says something else than its segment file.
        case manifestMismatch = "manifest-mismatch"
        /// The trust file lists an attestation key for this size, the manifest has no attestation.
        case attestationMissing = "attestation-missing"
        /// The attestation, or a TPM structure in it, breaks a rule of FORMAT 5.4.
        case attestationMalformed = "attestation-malformed"
        /// A statement's signature is bad, or by no trusted attestation key valid at its size.
        case attestationSignature = "attestation-signature"
        /// The TPM speaks of another manifest, of other registers, or of another counter.
        case attestationMismatch = "attestation-mismatch"
        /// The seal counter does not advance by one, or the TPM's time goes back.
        case sealCounter = "seal-counter"
        /// The file's bytes are not those that were sealed, and no entry owns the difference.
        case fileHash = "file-hash"
        /// SQLite cannot read the file as a database.
        case database
        /// Identity, encoding, journal mode or schema are not exactly those of a segment.
        case schema
        /// Table `segment` is out of rule or belongs to another file.
        case segmentRow = "segment-row"
        /// A segment of another origin or generation.
        case foreignSegment = "foreign-segment"
        /// An entry is missing, or stands where another belongs.
        case indexGap = "index-gap"
        /// The header is not canonical, breaks a rule of FORMAT 2.1, or was altered.
        case header
        /// The payload is larger than a payload may be.
        case payloadSize = "payload-size"
        /// The payload is not the one its header commits to.
        case payloadHash = "payload-hash"
        /// `previous` is not the leaf hash of the entry before.
        case chain
        /// Time decreases without a `ClockCorrected` entry.
        case timeDecrease = "time-decrease"
        /// Version or predecessor of the subject do not follow.
        case subjectSuccessor = "subject-successor"
        /// The payload of a key or segment entry does not say what its type promises.
        case statement
        /// Boundaries do not cover the entries.
        case boundary
        /// A boundary lacks its checkpoint where it must have one, or nothing is signed at all.
        case checkpointMissing = "checkpoint-missing"
        /// A checkpoint is malformed, of another size or origin, or at no boundary.
        case checkpointMalformed = "checkpoint-malformed"
        /// A checkpoint's signature is bad, or by no trusted key valid at its size.
        case checkpointSignature = "checkpoint-signature"
        /// A correctly signed checkpoint names another root than the entries give.
        case rootMismatch = "root-mismatch"
        /// A key announced in the ledger is not in the trust file.
        case keyUnlisted = "key-unlisted"
        /// A key of the trust file is not announced in the ledger.
        case keyUnannounced = "key-unannounced"
        /// Ledger and trust file disagree on where a key ends.
        case keyRetirement = "key-retirement"
        /// A `SegmentSealed` entry and the manifest beside the segment disagree.
        case segmentSealed = "segment-sealed"
        /// A generation does not begin where the one before ends, as its `LedgerRecovered` must say.
        case recovery
        /// A `TPMAnchored` entry tells of another tree, is certified by no trusted TPM, or does not follow the one before.
        case anchor
        /// A receipt or proof file is malformed.
        case receiptMalformed = "receipt-malformed"
        /// The signature given with a receipt is malformed, bad, or by no trusted receipt key.
        case receiptSignature = "receipt-signature"
        /// The entry is not in the checkpoint's tree.
        case inclusion
        /// A receipt that holds and the ledger given with it disagree.
        case receiptMismatch = "receipt-mismatch"
        /// A document of one subject is not canonical or breaks a rule of FORMAT 9.11.
        case subjectMalformed = "subject-malformed"
        /// A header of it is none, or a payload is not the one that its header commits to.
        case subjectEntry = "subject-entry"
        /// Its heads are not side by side in the tree that was sealed, or a neighbour is missing.
        case subjectHeads = "subject-heads"
        /// An entry of the subject that was sealed is not in it.
        case subjectMissing = "subject-missing"
        /// What a provenance record tells of is not what was opened.
        case subjectData = "subject-data"
        /// A certificate of an erasure is not canonical or breaks a rule of FORMAT 9.14.
        case certificateMalformed = "certificate-malformed"
        /// An entry of the certificate is not what it should be there.
        case certificateEntry = "certificate-entry"
        /// The certificate says something else than its entries.
        case certificateStatement = "certificate-statement"
        /// The certificate's signature is bad, or by no receipt key of its generation.
        case certificateSignature = "certificate-signature"
    }

    public let code: Code
    /// Number of the segment, where one is to blame.
    public var segment: UInt64?
    /// Leaf index of the first bad entry, where one is to blame; with `indexFrom`, of the last entry that
    /// it may be.
    public var index: UInt64?
    /// Where the evidence tells only a range: the first entry that may be bad. A tree that does not fit
    /// its checkpoint says that its group was rewritten, not from which entry on.
    public var indexFrom: UInt64?
    /// Name of the file, where no entry is to blame or it helps to find the entry.
    public var file: String?
    /// Byte offset inside the header, manifest or note, where known.
    public var offset: UInt64?
    public let reason: String

    public init(
        _ code: Code, segment: UInt64? = nil, index: UInt64? = nil, from indexFrom: UInt64? = nil,
        file: String? = nil, offset: UInt64? = nil, _ reason: String
    ) {
        self.code = code
        self.segment = segment
        self.index = index
        self.indexFrom = indexFrom == index ? nil : indexFrom
        self.file = file
        self.offset = offset
        self.reason = reason
    }

    /// The same failure, told of a place that the thrower did not know.
    func at(segment: UInt64, file: String? = nil) -> VerificationFailure {
        var copy = self
        copy.segment = copy.segment ?? segment
        copy.file = copy.file ?? file
        return copy
    }

    /// What fails in `work` is told of this file.
    static func naming<Result>(
        _ file: String, _ work: () throws(VerificationFailure) -> Result
    ) throws(VerificationFailure) -> Result {
        do throws(VerificationFailure) {
            return try work()
        } catch {
            var failure = error
            failure.file = file
            throw failure
        }
    }
}

extension VerificationFailure: CustomStringConvertible {
    public var description: String {
        var place: [String] = []
        if let segment { place.append("segment \(segment)") }
        if let index {
            place.append(indexFrom.map { "one of entries \($0) to \(index)" } ?? "entry \(index)")
        }
        if let file { place.append("file \(file)") }
        if let offset { place.append("byte \(offset)") }
        let prefix = place.isEmpty ? "" : place.joined(separator: ", ") + ": "
        return "\(prefix)\(reason) [\(code.rawValue)]"
    }
}

extension VerificationFailure: Codable {}
