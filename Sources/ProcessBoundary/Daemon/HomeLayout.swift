import Glibc

/// Where everything lies in a data directory. The one place that knows.
///
///     ledger/  segments and manifests        keys/  keystore           pki/  certificates, token issuer
///     views/   projections                   run/   sockets, pids      log/  what development writes
///     trust.json                             the software TPM: beside the directory, see ``tpmDirectory(environment:)``
public struct HomeLayout: Sendable, Equatable {
    /// Absolute, without a trailing slash.
    public let root: String

    /// A relative path is taken from the current directory, now, so that a later chdir changes nothing.
    public init(_ path: String) {
        var absolute = path
        if !path.hasPrefix("/") {
            let here = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) {
                buffer in
                buffer.baseAddress.flatMap { getcwd($0, buffer.count) }.map { String(cString: $0) }
            }
            absolute = (here ?? "") + "/" + path
        }
        var parts: [Substring] = []
        for part in absolute.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        root = "/" + parts.joined(separator: "/")
    }

    /// `--home`, else `CHANCERY_HOME`, else `var`.
    public static func resolve(
        flag: String?, environment: (String) -> String? = HomeLayout.environmentValue
    ) -> HomeLayout {
        let chosen = [flag, environment("CHANCERY_HOME")].compactMap { $0 }.first { !$0.isEmpty }
        return HomeLayout(chosen ?? "var")
    }

    /// getenv(3).
    public static func environmentValue(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    public var ledgerDirectory: String { root + "/ledger" }
    public var viewsDirectory: String { root + "/views" }
    public var keysDirectory: String { root + "/keys" }
    public var runDirectory: String { root + "/run" }
    public var logDirectory: String { root + "/log" }
    public var pkiDirectory: String { root + "/pki" }

    public var trustFile: String { root + "/trust.json" }
    public var projections: String { viewsDirectory + "/projections.sqlite" }
    public var keystore: String { keysDirectory + "/keystore.sqlite" }
    public var sealedRoot: String { keysDirectory + "/root.sealed" }

    /// In `keys/` of a directory that is being restored: the mark of counters that a TPM gets for it.
    public static let adoptionName = "adopting"

    private static let policyPrefix = "policy-"
    private static let policyDigits = 16

    /// Of a file in `keys/` that holds a signed policy.
    /// - Parameter identity: hex digits that tell it from others.
    public static func policyName(_ identity: String) -> String {
        policyPrefix + identity.prefix(policyDigits)
    }

    /// False for one that is half written.
    public static func isPolicyName(_ name: String) -> Bool {
        let digits = name.utf8.dropFirst(policyPrefix.utf8.count)
        return name.hasPrefix(policyPrefix) && digits.count == policyDigits
            && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    public var caCertificate: String { pkiDirectory + "/ca.pem" }
    public var serverCertificate: String { pkiDirectory + "/server.pem" }
    public var serverKey: String { pkiDirectory + "/server.key" }
    /// Roots and intermediates of client certificates.
    public var clientAuthority: String { pkiDirectory + "/client-ca.pem" }
    public var clientRevocations: String { pkiDirectory + "/client-crl.pem" }
    public var issuerKey: String { pkiDirectory + "/issuer.key" }
    public var issuerKeySet: String { pkiDirectory + "/jwks.json" }
    /// Revoked tokens by `jti`, written by `chancery revoke`.
    public var deniedTokens: String { pkiDirectory + "/denied-tokens" }

    /// keeper, called by the gateway.
    public var keeperGatewaySocket: String { runDirectory + "/keeper.gateway.sock" }
    /// keeper, called by the ledger.
    public var keeperLedgerSocket: String { runDirectory + "/keeper.ledger.sock" }
    /// ledger, called by the gateway.
    public var ledgerGatewaySocket: String { runDirectory + "/ledger.gateway.sock" }

    public func pidFile(_ name: String) -> String { runDirectory + "/\(name).pid" }
    public func logFile(_ name: String) -> String { logDirectory + "/\(name).log" }

    /// The software TPM's state: `CHANCERY_TPM`, else `.tpm` beside a data directory called `var`, and `.tpm-NAME` beside one
    /// called NAME: data directories beside each other have a TPM each, as two machines would.
    public func tpmDirectory(
        environment: (String) -> String? = HomeLayout.environmentValue
    ) -> String {
        if let chosen = environment("CHANCERY_TPM"), !chosen.isEmpty {
            return HomeLayout(chosen).root
        }
        let name = root.split(separator: "/").last ?? ""
        return HomeLayout(root + "/../" + (name == "var" ? ".tpm" : ".tpm-\(name)")).root
    }

    /// Makes what is missing, mode 0700, and checks that every socket path fits into `sockaddr_un`.
    ///
    /// An existing `root` that others may enter is left as it is. Of the directories inside it, those of this process's user are
    /// narrowed to 0700; another user's are for that one to keep.
    /// - Throws: ``HomeLayoutError``
    public func create() throws(HomeLayoutError) {
        try checkSocketPaths()
        for part in ancestors(of: root) { try makeDirectory(part) }
        for directory in [
            ledgerDirectory, viewsDirectory, keysDirectory, runDirectory, logDirectory,
            pkiDirectory,
        ] {
            try makeDirectory(directory)
            var info = stat()
            let isSettled =
                stat(directory, &info) == 0
                && (info.st_uid != geteuid() || info.st_mode & 0o777 == 0o700)
            guard isSettled || chmod(directory, 0o700) == 0 else {
                throw .init(
                    .cannotCreate, "cannot restrict \(directory): \(SystemError.text(errno))")
            }
        }
    }

    /// Longest path that fits into `sockaddr_un.sun_path` with its final zero byte (unix(7)).
    public static let maxSocketPathBytes = 107

    /// - Throws: ``HomeLayoutError`` with code `socketPathTooLong`.
    public func checkSocketPaths() throws(HomeLayoutError) {
        // One call each: in a loop over them the optimizer of Swift 6.3.1 crashes on the typed error.
        try Self.checkSocketPath(keeperGatewaySocket)
        try Self.checkSocketPath(keeperLedgerSocket)
        try Self.checkSocketPath(ledgerGatewaySocket)
    }

    /// - Throws: ``HomeLayoutError`` with code `socketPathTooLong`.
    public static func checkSocketPath(_ path: String) throws(HomeLayoutError) {
        guard path.utf8.count <= maxSocketPathBytes else {
            throw .init(
                .socketPathTooLong,
                "\(path) has \(path.utf8.count) bytes and a socket path may have \(maxSocketPathBytes); choose a shorter --home"
            )
        }
    }

    private func ancestors(of path: String) -> [String] {
        var result: [String] = []
        var current = ""
        for part in path.split(separator: "/") {
            current += "/" + part
            result.append(current)
        }
        return result
    }

    /// What is new is there after power loss too: its parent is synced.
    private func makeDirectory(_ path: String) throws(HomeLayoutError) {
        guard mkdir(path, 0o700) != 0 else {
            do throws(SystemError) {
                return try SystemFile.sync(SystemFile.directory(of: path))
            } catch {
                throw .init(.cannotCreate, "\(error)")
            }
        }
        let reason = errno
        var info = stat()
        if stat(path, &info) == 0 {
            if info.st_mode & S_IFMT == S_IFDIR { return }
            throw .init(.notADirectory, "\(path) exists and is not a directory; move it away")
        }
        throw .init(.cannotCreate, "cannot create \(path): \(SystemError.text(reason))")
    }
}

public struct HomeLayoutError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable {
        case socketPathTooLong, notADirectory, cannotCreate
    }

    public let code: Code
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
