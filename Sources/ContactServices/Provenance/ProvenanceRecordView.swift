public import ContactModel
public import Foundation
import LedgerFormat
import ProcessBoundary

/// A `ProvenanceRecorded` with its place in the ledger and in its subject's chain.
public struct ProvenanceRecordView: Sendable, Equatable {
    public let id: String
    public let sourceType: SourceType
    public let sourceIdentity: String?
    public let attributes: [Attribute]
    /// Hex; nil in records of the first version.
    public let dataHash: String?
    /// 16 bytes; nil unless it was opened.
    public let dataSalt: Data?
    public let label: String
    public let recordedAt: String
    /// The principal that recorded it.
    public let recordedBy: String
    public let generation: UInt64
    public let index: UInt64
    /// Hex.
    public let leafHash: String
    /// Among the records of this contact and generation, from 1.
    public let version: UInt64
    /// The record before; nil: this is the first of its generation.
    public let previous: Previous?

    public struct Attribute: Sendable, Equatable {
        public let id: String
        /// Nil: its entry is not on this page, or above the caller's clearance.
        public let type: String?
    }

    public struct Previous: Sendable, Equatable {
        public let index: UInt64
        /// Hex; nil: it is above the caller's clearance.
        public let leafHash: String?
    }
}

/// One on its way to the caller: as the ledger has it.
struct ProvenanceRow {
    let generation: UInt64
    let header: EntryHeader
    let leafHash: Digest32
    let event: ProvenanceRecorded

    /// - Throws: `internal-error` for what the ledger does not write.
    init(
        generation: UInt64, header bytes: Data, payload: Data
    ) throws(ServiceError) {
        guard let header = try? EntryHeader(canonical: bytes),
            let event = try? EventCoding.decode(ProvenanceRecorded.self, from: payload)
        else { throw .unexpectedReply(.ledger) }
        self.generation = generation
        self.header = header
        leafHash = MerkleTree.leafHash(bytes)
        self.event = event
    }

    /// - Parameter previous: leaf hash of the record before; nil: not known.
    func view(
        types: [String: String], salt: Data?, previous: Digest32?
    ) -> ProvenanceRecordView {
        ProvenanceRecordView(
            id: event.provenanceId, sourceType: event.sourceType,
            sourceIdentity: event.sourceIdentity,
            attributes: event.attributes.map {
                ProvenanceRecordView.Attribute(id: $0, type: types[$0])
            },
            dataHash: event.attributedData?.hash, dataSalt: salt, label: header.label,
            recordedAt: header.time.text, recordedBy: header.actor, generation: generation,
            index: header.index, leafHash: leafHash.hex, version: header.subjectVersion ?? 0,
            previous: header.subjectPrevious.map {
                ProvenanceRecordView.Previous(index: $0, leafHash: previous?.hex)
            })
    }

    /// What the keeper opens of it, in records that have it.
    func sealedSalt(of subject: Data) -> WireSealedItem? {
        event.attributedData.map { data in
            var item = WireSealedItem()
            item.binding.subject = subject
            item.binding.entity = event.provenanceId
            item.binding.field = "attributedDataSalt"
            item.binding.label = header.label
            item.value = WireSealedValue(data.salt)
            return item
        }
    }
}
