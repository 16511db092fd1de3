import Foundation
import ProcessBoundary

/// The data directory and what lies where in it; the software TPM's state is beside it, never inside.
struct Home: Sendable {
    /// Absolute, symbolic links resolved, so that every process names it alike.
    let root: String
    let tpm: String
    /// As the user would type it from the current directory.
    let shown: String

    /// Daemons and command agree on what lies where.
    let layout: HomeLayout

    var ledger: String { layout.ledgerDirectory }
    var views: String { layout.viewsDirectory }
    var keys: String { layout.keysDirectory }
    var run: String { layout.runDirectory }
    var log: String { layout.logDirectory }
    var pki: String { layout.pkiDirectory }
    var trust: String { layout.trustFile }
    var authority: String { layout.caCertificate }
    var authorityKey: String { pki + "/ca.key" }
    var serverCertificate: String { layout.serverCertificate }
    var serverKey: String { layout.serverKey }
    var issuerKey: String { layout.issuerKey }
    var issuerKeySet: String { layout.issuerKeySet }
    var sealedRoot: String { layout.sealedRoot }
    /// URL of the gateway that was started last, written by `up`, so that other commands need no --url.
    var endpoint: String { run + "/endpoint" }
    var lock: String { run + "/chancery.lock" }
    var tpmSocket: String { tpm + "/swtpm.sock" }
    var tpmControlSocket: String { tpm + "/swtpm.sock.ctrl" }

    /// - Throws: `pathTooLong` if a socket would not fit.
    init(flag: String?) throws(OperatorError) {
        layout = HomeLayout(Self.absolute(HomeLayout.resolve(flag: flag).root))
        root = layout.root
        tpm = Self.absolute(layout.tpmDirectory())
        shown = Self.relative(root)
        let sockets = [
            layout.keeperGatewaySocket, layout.keeperLedgerSocket, layout.ledgerGatewaySocket,
            tpmControlSocket,
        ]
        for path in sockets where path.utf8.count > HomeLayout.maxSocketPathBytes {
            throw OperatorError(
                .pathTooLong,
                "The socket path \(path) has \(path.utf8.count) bytes; the system allows \(HomeLayout.maxSocketPathBytes).",
                next:
                    "Choose a shorter data directory with --home or CHANCERY_HOME (and CHANCERY_TPM)."
            )
        }
    }

    /// Shortened to the current directory where it lies below it.
    static func relative(_ path: String) -> String {
        let here = absolute(FileManager.default.currentDirectoryPath) + "/"
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }

    /// Absolute form of a path that need not exist yet: its deepest existing ancestor is resolved.
    static func absolute(_ path: String) -> String {
        let full =
            path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        var existing = URL(fileURLWithPath: full).standardizedFileURL.path
        var missing: [String] = []
        while existing != "/", !FileManager.default.fileExists(atPath: existing) {
            missing.insert((existing as NSString).lastPathComponent, at: 0)
            existing = (existing as NSString).deletingLastPathComponent
        }
        let resolved = URL(fileURLWithPath: existing).resolvingSymlinksInPath().path
        return missing.isEmpty
            ? resolved : (resolved == "/" ? "" : resolved) + "/" + missing.joined(separator: "/")
    }
}
