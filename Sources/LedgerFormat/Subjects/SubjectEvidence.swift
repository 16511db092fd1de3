public import FoundationEssentials

/// Everything that a ledger says of one subject, but for audit entries, with what it takes to check it offline (FORMAT 9.11). Not yet believed:
/// ``SubjectChain`` and ``SubjectHeadsProof`` check it, together with the receipts and the manifest.
public struct SubjectEvidence: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        public let header: Data
        public let payload: Data
        /// FORMAT 7.
        public let receipt: Data

        public init(header: Data, payload: Data, receipt: Data) {
            self.header = header
            self.payload = payload
            self.receipt = receipt
        }
    }

    /// What a `ProvenanceRecorded` tells of, opened.
    public struct AttributedData: Sendable, Equatable {
        public let provenanceID: String
        /// 16 bytes.
        public let salt: Data
        /// Canonical JSON.
        public let data: Data

        public init(provenanceID: String, salt: Data, data: Data) {
            self.provenanceID = provenanceID
            self.salt = salt
            self.data = data
        }
    }

    public let subject: SubjectTag
    /// In the order of the ledger.
    public let entries: [Entry]
    /// Nil: no segment of their generation is sealed.
    public let heads: SubjectHeadsProof?
    public let attributedData: [AttributedData]

    public init(
        subject: SubjectTag, entries: [Entry], heads: SubjectHeadsProof?,
        attributedData: [AttributedData]
    ) {
        self.subject = subject
        self.entries = entries
        self.heads = heads
        self.attributedData = attributedData
    }
}

/// That no head of a subject but these was sealed.
public struct SubjectHeadsProof: Sendable, Equatable {
    public struct Leaf: Sendable, Equatable {
        /// Among the heads, from 0.
        public let place: UInt64
        public let head: SubjectHeads.Head
        public let proof: [Digest32]

        public init(place: UInt64, head: SubjectHeads.Head, proof: [Digest32]) {
            self.place = place
            self.head = head
            self.proof = proof
        }
    }

    /// The manifest file, as it stands.
    public let manifest: Data
    /// Heads in its tree.
    public let count: UInt64
    /// The subject's, and the neighbours' on both sides.
    public let leaves: [Leaf]

    public init(manifest: Data, count: UInt64, leaves: [Leaf]) {
        self.manifest = manifest
        self.count = count
        self.leaves = leaves
    }
}
