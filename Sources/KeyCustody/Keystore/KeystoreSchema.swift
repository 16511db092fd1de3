/// The tables of `keys/keystore.sqlite`, version 7. Every `wrapped` column is nonce (12 bytes) ‖ ciphertext
/// ‖ tag (16 bytes) of AES-256-GCM, bound to the other columns of its row (`WrapBinding`, `SubjectRow`); every
/// `mac` is HMAC-SHA-256 over the other columns of its row (`StateSeal`).
///
/// - `meta`: one row, written in the same transaction as the first keys. `root_check` opens only under
///   the root that this keystore belongs to; `epoch` is the sealed root's.
///   `root_mac` says which file holds that root, so that the TPM is not made to count for another (`RootSecrets.mac`).
///   `owes_epoch`: keys of subjects or retired ones were deleted, and the epoch that takes older copies with them has not come yet.
/// - `generation`: those that ended: `keys` as a trust file of that one, `recovered` the payload with which the next begins.
/// - `erased`: tags of subjects that were forgotten: none of them gets another key.
/// - `kek`: the keys that are few. `name` as the trust file has it, `serial` from 1 for each successor of
///   the same name, `wrapped` holds nothing, still bound to its row, once the key is destroyed, of a key that signs in the TPM a
///   `ResidentKey`, `public_key` null for symmetric keys,
///   `from_size`/`until_size` null for keys that sign no tree.
/// - `shelf`: 65,536 bucket keys, 64 a row, drawn at the first start (`BucketKeys`). `subject`: one key per data subject, under
///   the key of its bucket (the first 16 bits of the tag), of which an erasure counts the `generation` up when it replaces it.
///   Rows lie in the order of drawing and only the narrow index over the random tags is scattered, so that a
///   large keystore takes new subjects nearly as fast as a small one.
/// - `idempotency_key`: `drawn` in seconds since 1970; 48 hours later it is gone.
/// - `log_state`: the one record of how far the tree has been signed; `frontier` is the hashes of the
///   perfect subtrees, largest first, 32 bytes each. `signed`: the boundaries since the last manifest.
/// - `manifest`: per segment the manifest file signed last, and where the seal counter stood then.
/// - `counter`: the TPM's counters of this ledger; `first` is the value it began with, `intended` the value that it is
///   about to have or has: written before the TPM counts. `owes_recovery`, of the anchor: this directory was found not to be
///   the newest, or restored, and nothing is signed before its generation has ended; `final_size`: the TPM certified that the
///   tree of that size is all that was signed, but one leaf; `reason`: why the directory went on although it was not the newest,
///   until the ledger has said so.
/// - `former_counter`: those of the TPM that this keystore was under before it was restored with an escrow. A recovery removes
///   them where they still are: else what was sealed to them would open for ever.
/// - `attestation_key`: the TPM's key that vouches for the seals, from one generation on and, when another TPM took its place,
///   until one; `seal_counter` is the TPM name of the counter that it certifies.
/// - `policy_key`: one row, the operator's key to whose signed policies the root is sealed (`PolicyKeyRecord`).
/// - `suppressed`: addresses of subjects whose erasure was authorized, as keyed hashes (`SuppressionList`).
/// - `escrow_plan`: where escrows go, to whom. `escrow_issue`: those that were made, and when they were destroyed.
enum KeystoreSchema {
    /// "CHNK"
    static let applicationID: Int32 = 0x4348_4E4B
    static let version = 7
    /// Of keystores that are brought to `version` when they are opened. Nothing of them is changed, and nothing drawn.
    static let oldest = 6
    static let readable = oldest...version

    static let statements =
        [
            """
            CREATE TABLE meta (id INTEGER PRIMARY KEY CHECK (id = 1), log_name TEXT NOT NULL, \
            epoch INTEGER NOT NULL, root_check BLOB NOT NULL, root_mac BLOB NOT NULL, \
            owes_epoch INTEGER NOT NULL) STRICT
            """,
            """
            CREATE TABLE generation (generation INTEGER PRIMARY KEY, keys BLOB NOT NULL, \
            recovered BLOB NOT NULL, mac BLOB NOT NULL) STRICT
            """,
            """
            CREATE TABLE kek (name TEXT NOT NULL, serial INTEGER NOT NULL, use TEXT NOT NULL, \
            generation INTEGER NOT NULL, algorithm TEXT NOT NULL, key_id TEXT NOT NULL, public_key BLOB, \
            wrapped BLOB NOT NULL, from_size INTEGER, until_size INTEGER, PRIMARY KEY (name, serial)) \
            STRICT, WITHOUT ROWID
            """,
            """
            CREATE TABLE shelf (shelf INTEGER PRIMARY KEY CHECK (shelf BETWEEN 0 AND 1023), \
            wrapped BLOB NOT NULL) STRICT
            """,
            """
            CREATE TABLE erased (tag BLOB PRIMARY KEY) STRICT, WITHOUT ROWID
            """,
            """
            CREATE TABLE subject (tag BLOB NOT NULL UNIQUE, generation INTEGER NOT NULL, \
            wrapped BLOB NOT NULL) STRICT
            """,
            "CREATE TABLE dek (id TEXT PRIMARY KEY, wrapped BLOB NOT NULL, created INTEGER NOT NULL) STRICT",
            "CREATE TABLE index_key (field TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT",
            "CREATE TABLE idempotency_key (drawn INTEGER PRIMARY KEY, wrapped BLOB NOT NULL) STRICT",
            """
            CREATE TABLE log_state (generation INTEGER PRIMARY KEY, size INTEGER NOT NULL, \
            frontier BLOB NOT NULL, mac BLOB NOT NULL) STRICT
            """,
            """
            CREATE TABLE signed (generation INTEGER NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, \
            mac BLOB NOT NULL, PRIMARY KEY (generation, size)) STRICT, WITHOUT ROWID
            """,
            """
            CREATE TABLE manifest (segment INTEGER PRIMARY KEY, file BLOB NOT NULL, \
            counter INTEGER NOT NULL, mac BLOB NOT NULL) STRICT
            """,
            """
            CREATE TABLE counter (purpose TEXT PRIMARY KEY, handle INTEGER NOT NULL, name BLOB NOT NULL, \
            first INTEGER NOT NULL, intended INTEGER NOT NULL, owes_recovery INTEGER NOT NULL, \
            final_size INTEGER, reason TEXT, mac BLOB NOT NULL) STRICT
            """,
            """
            CREATE TABLE attestation_key (serial INTEGER PRIMARY KEY, public_key BLOB NOT NULL, \
            seal_counter BLOB NOT NULL, from_generation INTEGER NOT NULL, until_generation INTEGER, \
            mac BLOB NOT NULL) STRICT
            """,
            """
            CREATE TABLE former_counter (name BLOB PRIMARY KEY, handle INTEGER NOT NULL, \
            mac BLOB NOT NULL) STRICT, WITHOUT ROWID
            """,
            """
            CREATE TABLE policy_key (id INTEGER PRIMARY KEY CHECK (id = 1), public_key BLOB NOT NULL, \
            mac BLOB NOT NULL) STRICT
            """,
            """
            CREATE TABLE escrow_plan (id INTEGER PRIMARY KEY CHECK (id = 1), \
            directory TEXT NOT NULL, mark BLOB NOT NULL, threshold INTEGER NOT NULL, \
            holders BLOB NOT NULL, mac BLOB NOT NULL) STRICT
            """,
            """
            CREATE TABLE escrow_issue (serial INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, \
            identity BLOB NOT NULL, directory TEXT NOT NULL, mark BLOB NOT NULL, \
            tree_size INTEGER NOT NULL, issued INTEGER NOT NULL, destroyed INTEGER) STRICT
            """,
        ] + addedInVersion7

    private static let addedInVersion7 = [
        """
        CREATE TABLE suppressed (code BLOB NOT NULL, tag BLOB NOT NULL, mac BLOB NOT NULL, \
        PRIMARY KEY (code, tag)) STRICT, WITHOUT ROWID
        """
    ]

    /// What a keystore of `oldest` lacks.
    static let additions = addedInVersion7 + ["PRAGMA user_version = \(version)"]
}
