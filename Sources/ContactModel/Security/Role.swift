/// What a principal may be; the permit tables say what each may do.
public enum Role: String, Sendable, CaseIterable {
    /// Posts mutations and reads contacts.
    case enrichmentPlatform = "enrichment-platform"
    /// A customer relationship system: reads contacts.
    case crmSync = "crm-sync"
    /// Marketing automation: reads contacts.
    case marketing
    /// Compliance auditor: all that a verifier may.
    case auditor
    /// Fetches evidence: entries, receipts, proofs, bundles.
    case verifier
    /// Data protection officer: reads, relabels and erases contacts.
    case dpo
    /// The person that data is about: nothing yet.
    case dataSubject = "data-subject"
    /// Appliance operator: seals, rotates keys.
    case `operator`
    /// Sets policies, and never touches data: nothing yet.
    case administrator
}
