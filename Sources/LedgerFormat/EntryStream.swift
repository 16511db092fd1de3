/// FORMAT 2.1, `stream`: what an entry is about. Versions and predecessors of a subject are counted
/// per stream, so an audit entry never moves a contact's version.
public enum EntryStream: String, Sendable, Hashable, CaseIterable, Codable {
    case contact, consent, provenance, sharing, dsr, audit, policy, key, segment

    /// Entries of `key` and `segment` speak of the ledger itself and have no subject.
    public var mayHaveSubject: Bool { self != .key && self != .segment }
}
