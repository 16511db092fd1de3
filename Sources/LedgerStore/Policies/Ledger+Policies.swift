public import ContactModel
import Crypto
import Foundation
import LedgerFormat
import Projections

/// Access policies: each change is an entry with the full text, and the one that is in force follows from the entries before.
extension Ledger {
    /// Puts other policies in force. The caller has verified credential, permit and signature, and that the text is a policy set.
    ///
    /// - Throws: `LedgerStoreError.conflict` when others are in force than `expected` says; `invalid` for a text that no entry
    ///   has room for; what `append` throws.
    public func setPolicies(
        _ event: PolicySetActivated, actor: LedgerActor, requestID: String
    ) async throws(LedgerStoreError) -> PolicySetRecord {
        configuration.giveUpBallastIfFull()
        guard let hash = Digest32(hex: event.textHash) else {
            throw LedgerStoreError(.invalid, "The text's hash is 64 hexadecimal digits.")
        }
        let draft = AuditDraft(
            category: .operation, action: "policy.set", resourceType: "policy",
            requestID: requestID)
        let result = try await append(
            [.policySetActivated(event, by: actor)],
            audit: Work.AuditRequest(actor: actor, draft: draft))
        if case .refused(let error) = result.mutations.first { throw error }
        let index = result.auditIndex - 1
        return PolicySetRecord(
            version: projections.base + index, generation: identity.generation, index: index,
            textHash: hash)
    }

    /// Those in force now; nil: none were ever set.
    public func policiesInForce() throws(LedgerStoreError) -> PolicySetRecord? {
        try policies(upTo: LedgerLimits.maxInteger)
    }

    /// Those that were in force behind an entry; nil: none had been set.
    ///
    /// - Parameter generation: nil for the current one.
    /// - Throws: `LedgerStoreError.notFound` at or beyond the signed size.
    public func policiesInForce(
        at index: UInt64, of generation: UInt64?
    ) throws(LedgerStoreError) -> PolicySetRecord? {
        let tree = try tree(generation)
        guard index < tree.size,
            let base = library.generations.first(where: { $0.generation == tree.generation })?.base
        else { throw tree.lacks("entry \(index)") }
        return try policies(upTo: base + index)
    }

    /// Read from the entry, the one place where the text is.
    ///
    /// - Throws: `LedgerStoreError.damaged` when it is not the text that was set.
    public func text(of record: PolicySetRecord) throws(LedgerStoreError) -> PolicySetText {
        let entry = try entry(at: record.index, of: record.generation)
        guard let header = try? EntryHeader(canonical: entry.header),
            let event = try? EventCoding.decode(PolicySetActivated.self, from: entry.payload),
            SHA256.hash(data: Data(event.text.utf8)).elementsEqual(record.textHash.data)
        else {
            throw LedgerStoreError(
                .damaged, "Entry \(record.index) has not the access policies that were set.")
        }
        return PolicySetText(
            record: record, text: event.text, actor: header.actor, label: header.label,
            time: header.time)
    }

    private func policies(upTo position: UInt64) throws(LedgerStoreError) -> PolicySetRecord? {
        let found = try reading { try $0.policySet(upTo: position) }
        guard let found else { return nil }
        guard let place = library.entry(atPosition: found.position) else {
            throw LedgerStoreError(
                .damaged, "Entry \(found.position), which set access policies, is missing.")
        }
        return PolicySetRecord(
            version: found.position, generation: place.generation, index: place.index,
            textHash: found.textHash)
    }
}
