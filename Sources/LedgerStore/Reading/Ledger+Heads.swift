import Foundation
public import LedgerFormat
import Projections

extension Ledger {
    /// That no entry of a subject was sealed but those up to its heads, by the newest sealed segment.
    ///
    /// - Returns: nil while none is sealed, and where the heads of an ended generation are no more known.
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
            guard let file = try heads.file(of: body, make: making(body)) else { return nil }
            return SubjectHeadsProof(
                manifest: Data(bytes), count: file.count,
                leaves: try file.heads(of: subject).map { place, head in
                    SubjectHeadsProof.Leaf(
                        place: place, head: head, proof: try file.proof(of: place))
                })
        } catch let error as ProjectionError where error.code == .unusable {
            heads.discard()
            throw LedgerStoreError(
                .unavailable, error.message,
                retryAfterMilliseconds: configuration.limits.unavailableRetryMilliseconds)
        } catch {
            throw LedgerStoreError(wrapping: error)
        }
    }

    /// The tables know the heads of their own generation.
    private func making(_ body: SegmentManifestBody) -> ((HeadsWriter) throws -> Void)? {
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
