import LedgerFormat
import Projections

/// Ids of provenance records as a group leaves them, over what the projections say. A contact has each once: else whatever took over the
/// gateway could let another source speak for attributes that are there already.
struct ProvenanceOverlay {
    private struct Record: Hashable {
        let subject: SubjectTag
        let id: String
    }

    private var added: Set<Record> = []
    private let reader: DecisionReader

    init(_ reader: DecisionReader) { self.reader = reader }

    /// Why a mutation of a contact that is there is not taken; nil: it may be.
    func refusal(of mutation: ValidatedAppend.Mutation) throws -> LedgerStoreError? {
        let subject = mutation.draft.subject
        for id in mutation.provenances {
            guard !added.contains(Record(subject: subject, id: id)),
                try !reader.hasProvenance(id, of: subject)
            else {
                return LedgerStoreError(
                    .conflict, "The contact has a provenance record \(id); draw another id.")
            }
        }
        return nil
    }

    /// The mutation was accepted.
    mutating func add(_ mutation: ValidatedAppend.Mutation) {
        for id in mutation.provenances {
            added.insert(Record(subject: mutation.draft.subject, id: id))
        }
    }
}
