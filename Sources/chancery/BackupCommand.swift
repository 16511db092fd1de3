import ArgumentParser
import Foundation
import ProcessBoundary

/// ```
/// 1  DIR.partial/ledger     sealed segments as they are, the open one as of one moment
/// 2  DIR.partial/keys       the keystore as of one moment, and the sealed root that opens it
/// 3  DIR.partial/trust.json
///    DIR.partial            verified, listed with hashes, synced
/// 4  DIR                    renamed
/// ```
/// Segments before keys: the keeper makes a key durable before the entry that needs it, so every entry of 1 has its keys in 2,
/// but for people who were erased in between, whose keys nobody may have. The keeper has then signed more than 1 holds, as it
/// has when anything is appended after a backup: a restored directory needs `chancery recover`.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the data directory, consistently, while the daemons run or not.",
        discussion: """
            Segments, manifests, trust file, keystore and sealed root; views are rebuilt, the software TPM and escrows are never
            in it. The copy is verified before it gets its name; one that was interrupted is made anew by the next with its
            name. `chancery restore` puts it in place.

            JSON (--json): {path, made, bytes, files, segments, sealedSegments, treeSize, signedSize}: the entries in it, and how many a \
            checkpoint covers.
            """)

    @OptionGroup var options: HomeOptions
    @Option(help: "A directory that is not there yet, outside the data directory.")
    var to: String
    @OptionGroup var output: OutputOptions

    private struct Made: Encodable {
        let path: String
        let made: String
        let bytes: UInt64
        let files: Int
        let segments: Int
        let sealedSegments: Int
        let treeSize: UInt64?
        let signedSize: UInt64?

        init(_ path: String, _ manifest: BackupManifest, _ sizes: Backup.Verified.Ledger.Report?) {
            self.path = path
            made = manifest.made
            bytes = manifest.files.reduce(0) { $0 + $1.size }
            files = manifest.files.count
            let inLedger = manifest.files.map(\.path).filter { $0.hasPrefix("ledger/") }
            segments = inLedger.count { $0.hasSuffix(".sqlite") }
            sealedSegments = inLedger.count { $0.hasSuffix(".manifest") }
            treeSize = sizes?.treeSize
            signedSize = sizes?.signedSize
        }
    }

    func run() async throws {
        let home = try options.existing()
        let console = Console()
        let target = Home.absolute(to)
        guard !Files.exists(target), !(target + "/").hasPrefix(home.root + "/") else {
            throw OperatorError(
                .badInput, "\(to) is there already, or inside the data directory.",
                next: "Name a new directory outside, such as one with today's date.")
        }
        let unfinished = try UnfinishedDirectory(target + ".partial")
        let made: Made
        do {
            made = try await StandardOutput.kept(output.json) {
                try await make(home, unfinished, console, target)
            }
            try unfinished.place(at: target)
        } catch {
            unfinished.discard()
            throw error
        }
        try console.report(
            "backup of \(home.shown) in \(to): \(Figures.bytes(made.bytes)), \(made.segments) segments, \(made.sealedSegments) sealed"
                + (made.treeSize.map { ", \(Figures.grouped($0)) entries" } ?? ""),
            json: output.json ? made : nil)
    }

    /// A rotation of keys between the first copy and the last leaves a trust file that is not of the moment of the segments.
    private static let tries = 5

    private func make(
        _ home: Home, _ unfinished: UnfinishedDirectory, _ console: Console, _ target: String
    ) async throws -> Made {
        var attempt = 1
        while true {
            let trust = try Files.readText(home.trust)
            do throws(OperatorError) {
                return try copy(home, unfinished.path, console, target)
            } catch {
                // The ledger says a key, and writes the trust file a moment later.
                try await Task.sleep(for: .seconds(1))
                guard error.code == .refused, attempt < Self.tries,
                    try Files.readText(home.trust) != trust
                else { throw error }
            }
            attempt += 1
            console.note("a key was rotated meanwhile; beginning again")
            try unfinished.renew()
        }
    }

    private func copy(
        _ home: Home, _ partial: String, _ console: Console, _ target: String
    ) throws(OperatorError) -> Made {
        let launcher = try Launcher(home)
        for (daemon, part, words) in [
            (DaemonKind.ledger, "ledger", "copying the segments"),
            (.keeper, "keys", "copying the keystore"),
        ] {
            console.note(words)
            let place = partial + "/" + part
            // Each part is written by whom it belongs to, and is root's once it is whole.
            if home.appliance != nil { try Ownership(place, 0o700, daemon.user).ensure() }
            try launcher.require(
                DaemonRun(
                    daemon, ["backup", "--home", .word(home.root), "--to", .directory(place)]))
            if home.appliance != nil { try Ownership(place, 0o700, .root).giveAll() }
        }
        _ = try Files.copy(home.trust, to: partial + "/trust.json", mode: 0o600)
        let verified = try Backup.verify(launcher.binaries, partial, console)
        let manifest = try BackupManifest.take(of: partial)
        try manifest.write(to: partial)
        return Made(target, manifest, verified?.sizes)
    }
}
