public import ContactModel
import Foundation
import LedgerFormat
import ProcessBoundary

/// An enrichment as it stands. It shows no value: those are in the contact's history.
public struct EnrichmentView: Sendable, Equatable {
    public let id: EntityID
    public let contactID: EntityID
    public let standing: EnrichmentCase
    /// Empty in a list.
    public let steps: [Step]

    /// An entry that the enrichment went on by.
    public struct Step: Sendable, Equatable {
        public let type: String
        public let generation: UInt64
        public let index: UInt64
        public let time: String
        public let actor: String
    }

    /// Nil: no row of the ledger's.
    init?(_ row: WireEnrichmentRow, steps: [WireEnrichmentStepRow] = []) {
        let read = steps.compactMap { Step($0) }
        guard let id = EntityID(bytes: row.enrichmentID),
            let contactID = EntityID(bytes: row.contactID),
            let standing = EnrichmentCase(row), read.count == steps.count
        else { return nil }
        self.id = id
        self.contactID = contactID
        self.standing = standing
        self.steps = read
    }
}

extension EnrichmentView.Step {
    fileprivate init?(_ row: WireEnrichmentStepRow) {
        guard let header = try? EntryHeader(canonical: row.header) else { return nil }
        type = header.type
        generation = row.generation
        index = header.index
        time = header.time.text
        actor = header.actor
    }
}

extension EnrichmentCase {
    init?(_ row: WireEnrichmentRow) {
        guard let standing = try? JSONDecoder().decode(EnrichmentCase.self, from: row.standing)
        else { return nil }
        self = standing
    }
}

/// One page of those that wait for a vendor.
public struct EnrichmentPageView: Sendable {
    public let enrichments: [EnrichmentView]
    /// Cursor of the next page; nil: there is none.
    public let next: UInt64?
}

/// What asking for an enrichment did.
public struct EnrichmentRequestOutcome: Sendable {
    public let enrichment: EnrichmentView
    /// One for each vendor that is waited for.
    public let callbacks: [CallbackToken]
    public let mutation: MutationOutcome
}
