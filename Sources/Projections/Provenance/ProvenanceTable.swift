/// Records of where attributes came from, each by its entry. Their ids are the gateway's word: one that comes again replaces nothing, and of
/// several records with one id the first tells where an attribute came from.
enum ProvenanceTable {
    static let create = [
        // `seen_label`: see `SeenLabels`.
        "CREATE TABLE provenance (subject BLOB NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL, source_type TEXT NOT NULL, source_identity TEXT, label TEXT NOT NULL, seen_label TEXT NOT NULL, PRIMARY KEY (subject, position)) STRICT, WITHOUT ROWID",
        "CREATE INDEX provenance_id ON provenance (subject, id)",
        "CREATE INDEX provenance_source ON provenance (source_identity, seen_label, position) WHERE source_identity IS NOT NULL",
    ]

    /// Joins as `p` the record that an id stands for.
    static func joined(subject: String, id: String) -> String {
        """
        provenance p ON p.subject = \(subject) AND p.position =
        (SELECT min(f.position) FROM provenance f WHERE f.subject = \(subject) AND f.id = \(id))
        """
    }
}
