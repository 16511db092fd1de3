import ContactModel

/// What is asked of vendors about every new contact, where whoever makes it may write such an entry.
struct FirstEnrichment: Sendable {
    let draft: EnrichmentDraft
    let writer: Clearance
}
