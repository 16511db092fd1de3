import ContactModel
import Foundation
import LedgerFormat
import LedgerStore
import ProcessBoundary
import Projections

extension Ledger {
    /// What the caller is not cleared for is not there; a subject of which entries are left out is told as partial.
    func answer(
        _ request: WireProveSubjectRequest, for clearance: Clearance?
    ) throws -> WireSubjectPage {
        guard let clearance else { throw LedgerService.unknown }
        let contact = try ContactID(wire: request.contactID)
        // Before the entries: one that is appended and sealed between would be missing from them.
        let heads =
            request.from == 0 ? try headsProof(of: subject(of: contact, for: clearance)) : nil
        let page = try history(
            of: contact, from: request.from, until: nil,
            .everything, limit: Int(request.limit), for: clearance)
        var response = WireSubjectPage()
        response.head = WireContactHead(page.head)
        response.next = page.next ?? 0
        response.isPartial = page.isPartial
        for row in page.rows {
            var entry = WireSubjectEntry()
            entry.header = row.entry.header
            entry.payload = row.entry.payload
            entry.receipt = Data(try receipt(index: row.entry.index, of: row.generation))
            response.entries.append(entry)
        }
        if let heads { response.heads = WireSubjectHeadsProof(heads) }
        return response
    }
}

extension WireSubjectHeadsProof {
    fileprivate init(_ proof: SubjectHeadsProof) {
        self.init()
        manifest = proof.manifest
        count = proof.count
        leaves = proof.leaves.map { leaf in
            var wire = WireSubjectHead()
            wire.place = leaf.place
            wire.tag = leaf.head.tag.data
            wire.stream = leaf.head.stream.rawValue
            wire.lastIndex = leaf.head.lastIndex
            wire.version = leaf.head.version
            wire.proof = leaf.proof.map(\.data)
            return wire
        }
    }
}
