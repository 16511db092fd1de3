import Foundation
import GRDB
public import LedgerFormat
import ProcessBoundary

/// Opens a keystore with an escrow and puts it under the TPM that is there now, for a data directory that nobody serves yet.
///
/// ```
/// 1  the escrow   opened by k of its n recovery keys
/// 2  the ledger   has all that was signed when the escrow was made, hence every order to erase that came before it
/// 3  keystore     the backup's, if the escrow's root opens it; else the copy that lies beside the escrow
/// 4  subjects     those whose end the ledger ordered are forgotten
/// 5  the TPM      `TPMAdoption`
/// ```
public struct EscrowRestoring: Sendable {
    /// What the restored ledger holds; whoever reads it has verified it.
    public struct Ledger: Sendable {
        let generation: UInt64
        let size: UInt64
        /// Of every `ErasureOrdered` in it.
        let erased: Set<SubjectTag>

        public init(generation: UInt64, size: UInt64, erased: Set<SubjectTag>) {
            self.generation = generation
            self.size = size
            self.erased = erased
        }
    }

    public struct Report: Sendable {
        public let stamp: EscrowStamp
        /// False: the copy beside the escrow, which knows nothing of later subjects and days.
        public let isBackupsKeystore: Bool
        public let subjects: Int
        /// Subjects whose keys the keystore still had although the ledger ordered their end.
        public let forgotten: Int
        /// Wrong with keys and shares that were not needed.
        public let problems: [String]
    }

    /// `keys/` of the directory to be restored.
    let directory: String
    let escrow: String
    let keys: [RecoveryKey]
    let tpm: TPMDevice

    public init(directory: String, escrow: String, keys: [RecoveryKey], tpm: TPMDevice) {
        self.directory = directory
        self.escrow = escrow
        self.keys = keys
        self.tpm = tpm
    }

    private var keystorePath: String { directory + "/" + Keystore.fileName }

    /// The directory is of no use when this throws.
    public func run(_ ledger: Ledger) async throws(KeyCustodyError) -> Report {
        let file = try EscrowFile.read(escrow)
        let (root, problems) = try file.open(keys)
        try Self.check(ledger, against: file.stamp)
        let isBackups = try await chooseKeystore(file.stamp)
        let keystore = try Keystore.open(at: keystorePath)
        let result: (subjects: Int, forgotten: Int)
        do throws(KeyCustodyError) {
            result = try await restore(keystore, root, file.stamp, ledger.erased)
        } catch {
            try? await keystore.close()
            throw error
        }
        do { try await keystore.close() } catch { throw Keystore.refusal(error) }
        return Report(
            stamp: file.stamp, isBackupsKeystore: isBackups, subjects: result.subjects,
            forgotten: result.forgotten, problems: problems)
    }

    static func check(
        _ ledger: Ledger, against stamp: EscrowStamp
    ) throws(KeyCustodyError) {
        guard (ledger.generation, ledger.size) >= (stamp.generation, stamp.treeSize) else {
            throw KeyCustodyError(
                .invalid,
                "the ledger is older than the escrow: it has \(ledger.size) entries of generation "
                    + "\(ledger.generation), and \(stamp.treeSize) of generation \(stamp.generation) were signed "
                    + "when the escrow was made, orders to erase perhaps among them; restore a newer backup"
            )
        }
    }

    /// - Returns: whether the backup's keystore stays.
    private func chooseKeystore(_ stamp: EscrowStamp) async throws(KeyCustodyError) -> Bool {
        let backups = try? KeystoreCopy.identity(of: keystorePath)
        if backups?.root == stamp.keystore { return true }
        let beside = EscrowDirectory.keystore(stamp.epoch, in: SystemFile.directory(of: escrow))
        guard SystemFile.exists(beside) else {
            throw KeyCustodyError(
                .invalid,
                "the escrow does not open the keystore of the backup"
                    + (backups.map {
                        " (of erasure epoch \($0.epoch), the escrow is of \(stamp.epoch))"
                    } ?? "")
                    + ", and \(beside) is missing; give the escrow together with the keystore's copy that lies "
                    + "beside it")
        }
        let copy = try await KeystoreCopy.make(of: beside, at: keystorePath)
        guard copy.root == stamp.keystore else {
            throw KeyCustodyError(
                .corrupt, "\(beside) is of another root than the escrow; give both of one moment")
        }
        return false
    }

    private func restore(
        _ keystore: Keystore, _ root: SecretBytes, _ stamp: EscrowStamp, _ erased: Set<SubjectTag>
    ) async throws(KeyCustodyError) -> (subjects: Int, forgotten: Int) {
        let hierarchy = try await KeyHierarchy(
            root: root, keystore: keystore, logName: stamp.logName)
        let forgotten = try await forget(erased, keystore, hierarchy)
        try await TPMAdoption(
            files: RootFiles(directory: directory, tpm: tpm), keystore: keystore
        ).run(hierarchy)
        let subjects = try await keystore.read { db in try SubjectRow.count(db) }
        return (Int(clamping: subjects), forgotten)
    }

    private func forget(
        _ tags: Set<SubjectTag>, _ keystore: Keystore, _ hierarchy: KeyHierarchy
    ) async throws(KeyCustodyError) -> Int {
        let (known, subjects) = try await keystore.commit(
            weight: CustodyLimits.maxWeightPerCommit
        ) { db in
            // None of them gets another key, whether this keystore ever had one.
            for tag in tags {
                try db.cachedStatement(sql: "INSERT OR IGNORE INTO erased VALUES (?)")
                    .execute(arguments: [tag.data])
            }
            return (
                try tags.filter { try SubjectRow.find($0, db) != nil }, try SubjectRow.count(db)
            )
        }
        for slice in BucketRenewal.slices(of: known, among: subjects) {
            let renewal = BucketRenewal(hierarchy, forgetting: slice)
            let buckets = try await keystore.commit(
                weight: CustodyLimits.maxWeightPerCommit
            ) { db in try renewal.run(db).buckets }
            hierarchy.replace(buckets, forgetting: slice.values.joined())
        }
        return known.count
    }
}
