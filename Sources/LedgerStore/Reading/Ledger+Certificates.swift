public import ContactModel
import Foundation
public import LedgerFormat
import Projections

extension Ledger {
    /// The entries that an erasure's certificate is of (FORMAT 9.14), each with its receipt, in the order of the ledger.
    ///
    /// - Parameter id: of a request for the erasure, or of the order.
    /// - Throws: `LedgerStoreError.notFound` for what `clearance` does not see; `conflict` where nobody was erased, or not yet.
    public func erasureEvidence(
        of id: EntityID, for clearance: Clearance
    ) throws(LedgerStoreError) -> [SubjectEvidence.Entry] {
        let found = try reading { reader in
            try NoticeMatter(id, reader, clearance).map { matter in
                (matter, try Self.positions(of: matter, reader))
            }
        }
        guard let (matter, positions) = found else { throw NoticeMatter.missing }
        guard matter.erasure != nil else {
            throw LedgerStoreError(.conflict, "Nobody was erased by this request.")
        }
        guard let positions else {
            throw LedgerStoreError(
                .conflict, "The erasure is ordered, and the keeper has not done it yet.")
        }
        var entries: [SubjectEvidence.Entry] = []
        for position in positions {
            let place = try place(of: position)
            let entry = try entry(at: place.index, of: place.generation)
            entries.append(
                SubjectEvidence.Entry(
                    header: entry.header, payload: entry.payload,
                    receipt: Data(try receipt(index: place.index, of: place.generation))))
        }
        return entries
    }

    /// Answers in part, the order, who is to be told and who was told by then of whatever, the end; nil: it has not come. From the order
    /// on it is every entry of the subject in stream `dsr`: nothing else is taken of somebody whom an order is about.
    private static func positions(
        of matter: NoticeMatter, _ reader: ProjectionReader
    ) throws -> [UInt64]? {
        guard let erasure = matter.erasure, let erased = erasure.erased else { return nil }
        let notices = try reader.notices(of: erasure.id, subject: matter.subject)
        let told = try reader.deliveries(
            of: matter.subject, erasure: erasure.id, between: erasure.ordered, and: erased)
        let partial = try reader.partialErasures(of: matter.subject)
            .compactMap { try reader.steps(of: $0).last }
        return (partial + [erasure.ordered] + notices.map(\.queued) + told + [erased]).sorted()
    }
}
