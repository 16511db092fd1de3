import ArgumentParser
import Foundation
import KeyCustody
import LedgerFormat
import ProcessBoundary

// Each does one thing and ends. Keys come as names of files, never as arguments.

struct EscrowKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "escrow-key", abstract: "Make a recovery key.")

    @Option(help: "File of the private key; the public part goes to FILE.pub.")
    var out: String

    func run() async throws {
        do {
            let key = try RecoveryKey.make(at: out)
            print("\(key.text)\nkeep \(out) secret and give \(out).pub to the operator")
        } catch {
            Daemon.exit(KeeperProcess.name, error)
        }
    }
}

struct EscrowSetupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "escrow-setup",
        abstract:
            "Set down where escrows go and to whom, and make the first. The keeper must not run.")

    @Option(help: "Data directory.")
    var home: String
    @OptionGroup var tpm: TPMOptions
    @Option(help: "Name of the log.")
    var name = "chancery.localhost"
    @Option(help: "Directory of the escrow, outside the data directory.")
    var to: String
    @Option(help: "How many of the holders are needed.")
    var threshold: Int
    @Option(help: "Public part of a holder's recovery key; repeat it.")
    var holder: [String]

    func run() async throws {
        do {
            _ = MemoryLock.lockProcess()
            let holders = try holder.map { path throws(KeyCustodyError) in
                try RecoveryKey.Public(file: path)
            }
            let custodian = try await KeyCustodian.open(
                directory: HomeLayout(home).keysDirectory, logName: name,
                tpm: try tpm.device())
            let result: Result<EscrowStamp, any Error>
            do {
                result = .success(
                    try await custodian.escrow.setUp(
                        directory: to, threshold: threshold, holders: holders))
            } catch {
                result = .failure(error)
            }
            try await custodian.close()
            let stamp = try result.get()
            print(
                "escrow of epoch \(stamp.epoch) in \(to): \(threshold) of \(holders.count) recovery keys open it"
            )
        } catch {
            Daemon.exit(KeeperProcess.name, error)
        }
    }
}

struct EscrowStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "escrow-status", abstract: "Say which escrows were made and destroyed.")

    @Option(help: "Data directory.")
    var home: String

    @Flag(help: "For machines.")
    var json = false

    func run() async throws {
        do {
            let history = try EscrowHistory(keystore: HomeLayout(home).keystore)
            if json { return print(try JSONText.of(history)) }
            guard let directory = history.directory else {
                print("no escrow was set up: a dead TPM would be the end of the personal data")
                return
            }
            print("directory  \(directory)")
            print(
                "holders    \(history.threshold) of \(history.holders.count): "
                    + history.holders.joined(separator: " "))
            for issue in history.issues {
                let end = issue.destroyed.map { "destroyed \(Self.time($0))" }
                print(
                    "epoch \(issue.epoch)    \(issue.treeSize) entries, issued \(Self.time(issue.issued)), "
                        + (end ?? "kept in \(issue.directory)"))
            }
            if let problem = history.problem { print("problem    \(problem)") }
        } catch {
            Daemon.exit(KeeperProcess.name, error)
        }
    }

    private static func time(_ seconds: Int64) -> String {
        LedgerTime(clampingSeconds: seconds, nanoseconds: 0).text
    }
}

struct EscrowCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "escrow-check", abstract: "Show that an escrow opens; restores nothing.")

    @OptionGroup var quorum: EscrowQuorum

    func run() async throws {
        do {
            _ = MemoryLock.lockProcess()
            let check = try await EscrowCheck(escrow: quorum.escrow, keys: quorum.keys())
            for problem in check.problems { print("note: \(problem)") }
            let stamp = check.stamp
            print(
                "opens: \(stamp.logName), generation \(stamp.generation), erasure epoch \(stamp.epoch), "
                    + "\(stamp.treeSize) entries, issued \(stamp.issued.text)")
            print(
                check.subjects.map { "the keystore beside it opens: \($0) subject keys" }
                    ?? "no keystore lies beside it: it needs one of its erasure epoch from a backup"
            )
        } catch {
            Daemon.exit(KeeperProcess.name, error)
        }
    }
}

/// An escrow and the keys of those who came together.
struct EscrowQuorum: ParsableArguments {
    @Option(help: "File of the escrow.")
    var escrow: String
    @Option(help: "File of a holder's recovery key; repeat it.")
    var key: [String] = []

    func keys() throws(KeyCustodyError) -> [RecoveryKey] {
        try key.map { path throws(KeyCustodyError) in try RecoveryKey(file: path) }
    }
}
