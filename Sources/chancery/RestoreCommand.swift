import ArgumentParser
import Foundation
import ProcessBoundary

/// ```
/// 1  HOME.restoring    the backup's files, each compared with its hash; verified
/// 2  with an escrow    its keystore opened, whom the ledger ordered erased forgotten, put under the TPM that is there
/// 3  HOME              renamed; nothing was served before
/// ```
/// Interrupted before 3, it is run again and begins anew; what 2 had the TPM make for it is removed first (`keys/adopting`).
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup in place as a data directory.",
        discussion: """
            Without an escrow the TPM must be the one of the backup. With one, and enough recovery keys, any TPM does: a backup
            whose TPM is dead comes back. Whom the ledger ordered erased is forgotten before anything is served, and a ledger
            older than the escrow is refused, since it may lack such orders.

            On an appliance the daemons must be stopped, and the data directory must hold neither ledger nor keys yet: `chancery provision
            --without-keys` makes all the rest.

            What was signed after the backup is not in it, so the keeper refuses to go on until `chancery recover` has begun
            another generation of the ledger.
            """)

    @OptionGroup var options: HomeOptions
    @Option(help: "A directory that `chancery backup` made.")
    var from: String
    @Option(help: "The file of an escrow; the keystore's copy lies beside it.")
    var escrow: String?
    @Option(help: "File of a holder's recovery key; repeat it.")
    var key: [String] = []

    func run() async throws {
        let home = try options.resolve()
        let console = Console()
        if let appliance = home.appliance {
            return try await ApplianceRestore(
                home: home, appliance: appliance, backup: Home.absolute(from),
                escrow: escrow.map { Home.absolute($0) }, keys: key, console: console
            ).run()
        }
        guard try !Files.exists(home.root) || Files.names(in: home.root).isEmpty else {
            throw OperatorError(
                .badInput, "\(home.shown) is there already and not empty.",
                next:
                    "If an interrupted restore put it there it is whole: go on with `chancery recover`, or `chancery up`. Else move it "
                    + "away, or name another directory with --home.")
        }
        let unfinished = try UnfinishedDirectory(home.root + ".restoring")
        do {
            try await make(home, unfinished.path, console)
            // Certificates and the issuer of tokens are no part of a backup: development makes its own.
            let whole = home.called(unfinished.path)
            try Files.makePrivateDirectory(whole.pki)
            _ = try DevelopmentPKI(home: whole).ensure()
            try TokenIssuer.ensure(in: whole)
            rmdir(home.root)
            try unfinished.place(at: home.root)
        } catch {
            unfinished.discard()
            throw error
        }
        console.say(
            escrow == nil
                ? "restored \(home.shown); next: `chancery up`. If the keeper refuses it as older than its TPM, `chancery recover --reason WHY`"
                : "restored \(home.shown) under this TPM; next: `chancery recover --reason WHY`, before which nothing is served. The `chancery up` after "
                    + "it deletes this escrow and makes another: unmount its directory if this is a drill"
        )
    }

    private func make(_ home: Home, _ partial: String, _ console: Console) async throws {
        try Backup.copy(Home.absolute(from), to: partial, console)
        guard let escrow else { return }
        let launcher = try Launcher(home)
        let orders = partial + "/orders"
        try launcher.require(
            DaemonRun(
                .ledger, .words(["orders", "--ledger", partial + "/ledger", "--out", orders])))
        try await home.ensureTPM(console)
        try launcher.require(
            DaemonRun(
                .keeper,
                .words(
                    [
                        "restore", "--keys-directory", partial + "/keys", "--orders", orders,
                        "--tcti", home.tcti, "--escrow", escrow,
                    ] + key.flatMap { ["--key", $0] })))
        unlink(orders)
    }
}
