/// How far an enrichment has come.
public enum EnrichmentState: String, Sendable, CaseIterable, Codable {
    /// Vendors are asked.
    case collecting = "COLLECTING"
    case merged = "MERGED"
    case provenanceRecorded = "PROVENANCE_RECORDED"
    case completed = "COMPLETED"
    case failed = "FAILED"
    case rolledBack = "ROLLED_BACK"
    case inconsistent = "INCONSISTENT"

    /// Whether something is still to come.
    public var isOpen: Bool {
        switch self {
        case .collecting, .merged, .provenanceRecorded: true
        case .completed, .failed, .rolledBack, .inconsistent: false
        }
    }
}
