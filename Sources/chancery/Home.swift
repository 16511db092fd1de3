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
    /// The installed Chancery whose data this is, where systemd runs the daemons; nil: this command runs them.
    let appliance: Appliance?

    var ledger: String { layout.ledgerDirectory }
    var views: String { layout.viewsDirectory }
    var keys: String { layout.keysDirectory }
    var run: String { layout.runDirectory }
    var log: String { layout.logDirectory }
    var pki: String { layout.pkiDirectory }
    var trust: String { layout.trustFile }
    var authority: String { layout.caCertificate }
    var authorityKey: String { pki + "/ca.key" }
    var serverCertificate: String {
        appliance?.places.serverCertificate ?? layout.serverCertificate
    }
    var serverKey: String { appliance?.places.serverKey ?? layout.serverKey }
    var clientAuthority: String { layout.clientAuthority }
    var clientAuthorityKey: String { pki + "/client-ca.key" }
    var clientRevocations: String { layout.clientRevocations }
    var clientRevoked: String { pki + "/client-revoked.json" }
    var issuerKey: String { layout.issuerKey }
    var issuerKeySet: String { layout.issuerKeySet }
    /// Who issues tokens in the place of the development issuer.
    var externalIssuer: String { pki + "/issuer.json" }
    var sealedRoot: String { layout.sealedRoot }
    /// URL of the gateway that was started last, written by `up`, so that other commands need no --url.
    var endpoint: String { run + "/endpoint" }
    var lock: String { run + "/chancery.lock" }
    var tpmSocket: String { tpm + "/swtpm.sock" }
    var tpmControlSocket: String { tpm + "/swtpm.sock.ctrl" }

    /// Where the keeper finds its TPM.
    var tcti: String { appliance?.tcti ?? "swtpm:path=\(tpmSocket)" }

    /// - Parameter installation: nil: what this program belongs to.
    /// - Throws: `unusablePath` if a socket would not fit, or the software TPM could not be told the path; what
    ///   `Installation.current()` throws
    init(flag: String?, installation: Installation? = nil) throws(OperatorError) {
        let installation = if let installation { installation } else { try Installation.current() }
        layout = HomeLayout(Self.absolute(installation.home(flag: flag).root))
        root = layout.root
        // Another directory is nobody's but this command's, on an appliance, too.
        appliance = installation.appliance(of: root)
        tpm = Self.absolute(layout.tpmDirectory())
        shown = Self.relative(root)
        let elsewhere =
            "Choose another data directory with --home or CHANCERY_HOME (and CHANCERY_TPM)."
        do throws(HomeLayoutError) {
            try layout.checkSocketPaths()
            try HomeLayout.checkSocketPath(tpmControlSocket)
        } catch {
            throw OperatorError(.unusablePath, "\(error.message).", next: elsewhere)
        }
        guard !(root + tpm).unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
        else {
            throw OperatorError(
                .unusablePath, "The path of the data directory holds a control character.",
                next: elsewhere)
        }
        // Options of swtpm and of the TSS end at a comma, values at `=`, lines of swtpm_setup's configuration at `#`.
        if let character = tpm.first(where: { ",=#".contains($0) }) {
            throw OperatorError(
                .unusablePath,
                "The software TPM cannot work in \(tpm): its programs cannot read a path with `\(character)`.",
                next: elsewhere)
        }
    }

    /// `iss` of the tokens that this command signs.
    var localIssuer: String {
        appliance == nil ? TokenIssuer.developmentName : ApplianceConfiguration.localIssuer
    }

    /// What makes what a command misses here.
    var preparation: String { appliance == nil ? "up" : "provision" }

    /// Whom this command's own calls trust to certify the gateway; nil: whom this machine trusts.
    var gatewayAuthority: String? {
        guard let appliance else { return authority }
        return appliance.configuration.authority
            ?? (DevelopmentPKI(home: self).isServerOurs ? authority : nil)
    }

    /// The same while it still has another name, under which nothing runs.
    func called(_ path: String) -> Home {
        Home(layout: HomeLayout(path), tpm: tpm, shown: shown, appliance: appliance)
    }

    private init(layout: HomeLayout, tpm: String, shown: String, appliance: Appliance?) {
        self.layout = layout
        self.appliance = appliance
        root = layout.root
        self.tpm = tpm
        self.shown = shown
    }

    /// Makes the directories that are missing. What was there keeps the mode that its owner gave it, but for the
    /// directories inside, which are ours.
    /// - Throws: `inputOutput` where it cannot; `refused` in somebody else's directory: files of two owners would lock both out.
    func create(_ console: Console) throws(OperatorError) {
        if let appliance { return try appliance.requirePlaces() }
        var info = stat()
        if stat(root, &info) == 0 {
            guard info.st_uid == geteuid() else {
                throw OperatorError(
                    .refused,
                    "\(shown) belongs to user \(Self.userName(info.st_uid)), and you are \(Self.userName(geteuid())).",
                    next: "Run this as its owner, or name another directory with --home.")
            }
            if info.st_mode & 0o022 != 0 {
                console.note("warning: others may write in \(shown); `chmod go-w` it")
            }
        }
        do throws(HomeLayoutError) { try layout.create() } catch {
            throw OperatorError(
                .inputOutput, "\(error.message).",
                next: "Check the owner and the mode of its parent, and the free space there.")
        }
    }

    static func userName(_ id: uid_t) -> String {
        guard let entry = getpwuid(id), let name = entry.pointee.pw_name else { return "\(id)" }
        return String(cString: name)
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
