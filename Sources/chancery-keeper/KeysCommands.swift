import ArgumentParser
import KeyCustody
import LedgerFormat
import ProcessBoundary

struct KeysBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the keystore and its sealed root; the keeper may run.")

    @Option(help: "Data directory.")
    var home: String
    @Option(help: "An existing directory.")
    var to: String

    func run() async throws {
        do {
            try await KeysBackup.make(of: HomeLayout(home).keysDirectory, in: to)
        } catch {
            Daemon.exit(KeeperProcess.name, error)
        }
    }
}

struct KeysRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Open a restored keystore with an escrow and put it under the TPM that is there.")

    @Option(help: "keys/ of a data directory that nobody uses yet.")
    var keysDirectory: String
    @OptionGroup var tpm: TPMOptions
    @Option(help: "What `chancery-ledger orders` found in the restored ledger.")
    var orders: String
    @OptionGroup var quorum: EscrowQuorum

    /// Bytes of the list: millions of subjects.
    private static let maxOrders = 256 << 20

    func run() async throws {
        do {
            _ = MemoryLock.lockProcess()
            let orders = try WireOrderedErasures(
                serializedBytes: SystemFile.read(self.orders, limit: Self.maxOrders))
            let erased = try orders.subjects.map { bytes throws(KeyCustodyError) in
                guard let tag = SubjectTag(bytes) else {
                    throw KeyCustodyError(.invalid, "\(self.orders) is damaged")
                }
                return tag
            }
            let report = try await EscrowRestoring(
                directory: keysDirectory, escrow: quorum.escrow, keys: quorum.keys(),
                tpm: try tpm.device()
            ).run(.init(generation: orders.generation, size: orders.size, erased: Set(erased)))
            for problem in report.problems { print("note: \(problem)") }
            if !report.isBackupsKeystore {
                print(
                    "note: the backup's keystore is of another erasure epoch than the escrow; the copy beside the escrow "
                        + "stands in, and subjects and days from after it was made cannot be read")
            }
            print(
                "keys restored: \(report.subjects) subject keys, \(report.forgotten) forgotten because the ledger "
                    + "ordered it")
        } catch {
            Daemon.exit(KeeperProcess.name, error)
        }
    }
}
