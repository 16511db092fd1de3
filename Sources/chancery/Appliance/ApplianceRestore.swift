import Foundation
import ProcessBoundary

/// `chancery restore` where the data directory is there already, with its certificates, and its parts belong to two users.
/// ```
/// 1  HOME/log/restoring    the backup's files, each compared with its hash; verified
/// 2  with an escrow        the keeper's program opens the keystore in restoring/keys, as in development
/// 3  restoring/whole       from here on it is placed, also by the next run if this one is interrupted
/// 4  HOME/keys, ledger     its files renamed, keys first: a ledger without keys would be taken for a first start
/// 5  HOME/log/restored     what is left of restoring, in one step: the daemons may start. Then it is removed
/// ```
/// Where root alone writes: what the ledger could plant there would be taken for a restore that is to go on.
struct ApplianceRestore {
    let home: Home
    let appliance: Appliance
    let backup: String
    let escrow: String?
    let keys: [String]
    let console: Console

    private var staging: String { Self.staging(in: home) }
    private var mark: String { staging + "/whole" }
    private var done: String { home.log + "/restored" }

    /// As long as it is there, keeper and ledger do not start (their units' ConditionPathExists=).
    static func staging(in home: Home) -> String { home.log + "/restoring" }

    func run() async throws {
        try appliance.requireProvisioned(home)
        let lock = try HomeLock(home, console: console)
        defer { withExtendedLifetime(lock) {} }
        try home.control(console).requireStopped(DaemonKind.allCases)
        if Files.exists(mark) {
            console.note("going on with the restore that was interrupted")
        } else {
            try await fill()
        }
        try place()
        console.say(
            escrow == nil
                ? "restored \(home.shown); next: `chancery up`. If the keeper refuses it as older than its TPM, `chancery recover --reason WHY`"
                : "restored \(home.shown) under this TPM; next: `chancery recover --reason WHY`, before which nothing is served"
        )
    }

    private func fill() async throws {
        guard !Files.exists(home.sealedRoot), !Files.exists(home.layout.keystore),
            try Self.segments(in: home.ledger).isEmpty
        else {
            throw OperatorError(
                .badInput, "\(home.shown) holds a ledger or keys.",
                next: "Move \(home.ledger)/* and \(home.keys)/* away, or leave them as they are.")
        }
        let unfinished = try UnfinishedDirectory(staging)
        do {
            try Backup.copy(backup, to: staging, console)
            try Ownership(staging, 0o711, .root).ensure()
            try Ownership(staging + "/ledger", 0o700, .ledger).giveAll()
            try Ownership(staging + "/keys", 0o700, .keeper).giveAll()
            SELinuxLabels.restore([staging])
            if let escrow { try openKeystore(with: escrow) }
            try Files.write([], to: mark)
        } catch {
            unfinished.discard()
            throw error
        }
    }

    private func openKeystore(with escrow: String) throws {
        let launcher = try Launcher(home)
        let orders = staging + "/orders"
        try launcher.require(
            DaemonRun(
                .ledger,
                ["orders", "--ledger", .directory(staging + "/ledger"), "--out", .output(orders)]))
        // The keystore's copy lies beside it, and both belong to whom the medium says.
        let copies = staging + "/escrow"
        try Files.makePrivateDirectory(copies)
        let source = SystemFile.directory(of: escrow)
        for name in try Files.names(in: source)
        where name.hasPrefix("escrow") || name.hasPrefix("keystore-") {
            _ = try Files.copy(source + "/" + name, to: copies + "/" + name, mode: 0o600)
        }
        try Ownership(copies, 0o700, .keeper).giveAll()
        var arguments: [DaemonRun.Argument] = [
            "restore", "--keys-directory", .directory(staging + "/keys"), "--orders",
            .input(orders), "--tcti", .word(home.tcti), "--escrow",
            .file((escrow as NSString).lastPathComponent, in: copies),
        ]
        if let file = try TPMOptions.parse([]).authorizationFile(home) {
            arguments += ["--authorizations", .input(file)]
        }
        for key in keys { arguments += ["--key", .input(key)] }
        try launcher.require(DaemonRun(.keeper, arguments))
    }

    /// Each step finds done what an interrupted run did.
    private func place() throws(OperatorError) {
        try RestoredFiles(staging: staging, keys: home.keys, ledger: home.ledger).move()
        if Files.exists(staging + "/trust.json") {
            _ = try Files.copy(staging + "/trust.json", to: home.trust, mode: 0o644)
            try Ownership.give(home.trust, to: .ledger)
        }
        try Appliance.makeDirectories()
        SELinuxLabels.restore([home.root])
        // Sealed segments bear a label and an attribute that only the hand of their unit gives.
        try? Systemctl().start(["chancery-label-sealed.service"])
        // Of a run that was interrupted right here.
        try? FileManager.default.removeItem(atPath: done)
        do throws(SystemError) { try SystemFile.rename(staging, to: done) } catch {
            throw .system(error)
        }
        do { try FileManager.default.removeItem(atPath: done) } catch {
            throw OperatorError(
                .inputOutput, "Cannot remove \(done): \(error.localizedDescription)",
                next: "Remove it by hand: all of it is in place.")
        }
    }

    private static func segments(in directory: String) throws(OperatorError) -> [String] {
        guard Files.exists(directory) else { return [] }
        return try Files.names(in: directory).filter { $0.hasPrefix("segment-") }
    }
}
