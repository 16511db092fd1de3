public import ContactModel
import Foundation
public import LedgerFormat
public import Projections

extension Ledger {
    /// That no entry of a subject was sealed but those up to its heads, by the newest sealed segment.
    ///
    /// - Returns: nil while none is sealed, and where the heads of an ended generation are no more known.
    /// - Throws: `LedgerStoreError.unavailable` while they are made again; `.damaged` when they are not those that were sealed.
    public func headsProof(
        of subject: SubjectTag
    ) throws(LedgerStoreError) -> SubjectHeadsProof? {
        do {
            let number = shared.withLock { $0.sealedSegments }
            guard number > 0 else { return nil }
            let segment = SegmentFile(directory: configuration.directory, number: number)
            let bytes = try DurableFile.read(
                segment.manifestPath, atMost: LedgerLimits.maxManifestBytes)
            let body = try SegmentManifest(parsing: bytes).body
            switch try heads.find(body, make: making(body)) {
            case .file(let file): return try proof(of: subject, in: file, body, bytes)
            case .unknown: return nil
            case .underWay: throw unavailable("The subject heads are being made again.")
            }
        } catch let error as ProjectionError where error.code == .unusable {
            heads.discard()
            throw unavailable(error.message)
        } catch is SubjectEvidenceError {
            heads.discard()
            throw unavailable(
                "views/\(HeadsFile.fileName) is not what was sealed; it is made again.")
        } catch {
            throw LedgerStoreError(wrapping: error)
        }
    }

    /// Bytes of the file may have changed since they were written: no proof leaves that whoever gets it would refuse.
    private func proof(
        of subject: SubjectTag, in file: HeadsFile, _ body: SegmentManifestBody, _ manifest: [UInt8]
    ) throws -> SubjectHeadsProof {
        let proof = SubjectHeadsProof(
            manifest: Data(manifest), count: file.count,
            leaves: try file.heads(of: subject).map { place, head in
                SubjectHeadsProof.Leaf(place: place, head: head, proof: try file.proof(of: place))
            })
        try proof.checkPlaces(of: subject, root: body.subjectHeadsRoot)
        return proof
    }

    private func unavailable(_ message: String) -> LedgerStoreError {
        LedgerStoreError(
            .unavailable, message,
            retryAfterMilliseconds: configuration.limits.unavailableRetryMilliseconds)
    }

    /// The subject of a contact that is there for `clearance`.
    ///
    /// - Throws: `LedgerStoreError.notFound`
    public func subject(
        of contact: ContactID, for clearance: Clearance
    ) throws(LedgerStoreError) -> SubjectTag {
        guard let head = try reading({ try $0.contactHead(id: contact) }),
            head.isThere(for: clearance)
        else { throw LedgerStoreError(.notFound, "There is no such contact.") }
        return head.subject
    }

    /// The tables know the heads of their own generation.
    private func making(_ body: SegmentManifestBody) -> HeadsShelf.Making? {
        guard body.generation == identity.generation else { return nil }
        return { [projections, library] writer in
            try projections.read { reader in
                try HeadsAsOf(
                    projections: reader, library: library, generation: body.generation
                ).forEach(body.treeSize) { try writer.append($0) }
            }
        }
    }
}
