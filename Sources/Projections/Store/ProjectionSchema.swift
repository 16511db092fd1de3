import GRDB
import LedgerFormat

/// The tables of `views/projections.sqlite`. Everything in them follows from the segments (and the
/// keeper, for `contact.contact_id` and `unique_value`), so there are no migrations: another version
/// means a rebuild.
///
/// Tags, ids and HMACs are random, so a row that they order goes to a random page: those rows are kept narrow, and what
/// is wide stands in the order of the ledger.
enum ProjectionSchema {
    /// Raised with every change of the tables or of what stands in them.
    static let version: Int32 = 14

    /// Integers are positions, sizes and versions below 2^53; times are FORMAT 2.1 texts; blobs
    /// named `subject` are 16-byte tags. A *position* is a leaf index counted on over all generations: that of the first
    /// one's entries is their index.
    static let statements = [
        // One row. `origin`: of the generation that is being projected, `base`: entries of those before it. `size`: its
        // entries 0 ..< size are projected. `root`: of their tree. `nodes`: the nodes of the first so many leaves are on
        // disk.
        "CREATE TABLE meta (id INTEGER PRIMARY KEY CHECK (id = 1), origin TEXT NOT NULL, base INTEGER NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, nodes INTEGER NOT NULL) STRICT",
        SubjectTable.create,
        // `id`: position of the `ContactCreated`. `bound_label`: what email and name are bound to, that entry's or that of the newest
        // `ContactUpdated` or `ContactRelabelled`; `label`: joined of those of its entries, from the newest `ContactRelabelled` on. `unique_values`: what stands in the next table for it, which a purge would
        // else have to look for.
        "CREATE TABLE contact (id INTEGER PRIMARY KEY, subject BLOB NOT NULL, contact_id BLOB NOT NULL UNIQUE, entity TEXT NOT NULL, bound_label TEXT NOT NULL, label TEXT NOT NULL, created_at TEXT NOT NULL, email BLOB NOT NULL, full_name BLOB, unique_values BLOB NOT NULL, name_words BLOB NOT NULL) STRICT",
        // What a search goes by where it names no word, so that contacts above a clearance take no place in its pages.
        "CREATE INDEX contact_by_label ON contact (label, id)",
        "CREATE TABLE unique_value (index_name TEXT NOT NULL, value BLOB NOT NULL, subject BLOB NOT NULL, PRIMARY KEY (index_name, value)) STRICT, WITHOUT ROWID",
        // Contacts by words of their names: `contact` is an id of table `contact`, `word` two bytes of a keyed hash. Also in `contact.name_words`.
        "CREATE TABLE name_word (word INTEGER NOT NULL, contact INTEGER NOT NULL, PRIMARY KEY (word, contact)) STRICT, WITHOUT ROWID",
        // `superseded`: position of the entry that brought a newer value of the type; null for the current.
        "CREATE TABLE attribute (subject BLOB NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, label TEXT NOT NULL, value BLOB NOT NULL, provenance_id TEXT NOT NULL, confidence INTEGER NOT NULL, valid_from TEXT NOT NULL, valid_until TEXT, superseded INTEGER, PRIMARY KEY (subject, position)) STRICT, WITHOUT ROWID",
        "CREATE TABLE consent (subject BLOB NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, legal_basis TEXT NOT NULL, purposes TEXT NOT NULL, granted_at TEXT NOT NULL, revoked_at TEXT, label TEXT NOT NULL, controller TEXT, notice_ref TEXT, language TEXT, jurisdiction TEXT, collection_method TEXT, evidence BLOB, PRIMARY KEY (subject, position)) STRICT, WITHOUT ROWID",
        // Entries of a contact that none of the tables above has a row for, so that its whole history is found without a row for each.
        "CREATE TABLE subject_event (subject BLOB NOT NULL, position INTEGER NOT NULL, type TEXT NOT NULL, PRIMARY KEY (subject, position)) STRICT, WITHOUT ROWID",
        // In the order of time, by which rows expire. `position`: of the mutation's first entry. `at`: Unix seconds of the audit entry.
        "CREATE TABLE idempotency (position INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, request BLOB NOT NULL, count INTEGER NOT NULL, at INTEGER NOT NULL) STRICT",
        // Orders to erase that the keeper has not carried out. `ordered`: position of the `ErasureOrdered`.
        "CREATE TABLE erasure (ordered INTEGER PRIMARY KEY, subject BLOB NOT NULL UNIQUE) STRICT",
        "CREATE TABLE sealed_segment (segment INTEGER PRIMARY KEY, manifest_hash BLOB NOT NULL, position INTEGER NOT NULL) STRICT",
        // What audit entries are looked for by, in the order of the ledger; the entries themselves tell the rest. `at`: microseconds since 1970.
        // `label`: which row of the next table, of which there are as many as callers have clearances.
        "CREATE TABLE audit (position INTEGER PRIMARY KEY, at INTEGER NOT NULL, label INTEGER NOT NULL, principal TEXT NOT NULL, action TEXT NOT NULL, category TEXT NOT NULL, outcome TEXT NOT NULL, subject BLOB) STRICT",
        // Contacts that an audit entry is about, where they are several.
        "CREATE TABLE audit_subject (position INTEGER NOT NULL, subject BLOB NOT NULL, PRIMARY KEY (position, subject)) STRICT, WITHOUT ROWID",
        "CREATE TABLE audit_label (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT",
        // What the ledger says of keys. `activated`, `retired`: positions of the `KeyActivated` and the `KeyRetired`.
        "CREATE TABLE signing_key (origin TEXT NOT NULL, use TEXT NOT NULL, key_id TEXT NOT NULL, activated INTEGER, retired INTEGER, PRIMARY KEY (origin, use, key_id)) STRICT, WITHOUT ROWID",
        // Access policies that were set. `position`: of the `PolicySetActivated`, which has the text.
        "CREATE TABLE policy_set (position INTEGER PRIMARY KEY, text_hash BLOB NOT NULL) STRICT",
    ]

    static func create(_ db: Database, origin: String) throws {
        let all =
            statements + ProvenanceTable.create + SharingTable.create + RequestRow.create
            + EnrichmentRow.create
            + [ErasureTable.create, NoticeTable.create, HoldTable.create]
        for statement in all { try db.execute(sql: statement) }
        try db.execute(
            sql: "INSERT INTO meta (id, origin, base, size, root, nodes) VALUES (1, ?, 0, 0, ?, 0)",
            arguments: [origin, MerkleTree.emptyRoot.data])
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }

    /// The next entry is the first of another generation: of another tree, in which no subject has a head.
    static func turn(_ db: Database, to origin: String) throws {
        try db.execute(
            sql: "UPDATE meta SET origin = ?, base = base + size, size = 0, root = ?, nodes = 0",
            arguments: [origin, MerkleTree.emptyRoot.data])
        try db.execute(sql: SubjectTable.clearHeads)
    }
}
