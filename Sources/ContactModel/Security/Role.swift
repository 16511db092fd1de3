/// What a principal may be; the permit tables say what each may do.
public enum Role: String, Sendable, CaseIterable {
    /// Posts mutations and reads contacts.
    case enrichmentPlatform = "enrichment-platform"
    /// Compliance auditor: entries, receipts, proofs, bundles.
    case verifier
    /// Data protection officer: reads contacts.
    case dpo
    /// Appliance operator: seals.
    case `operator`
}
