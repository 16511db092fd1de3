import Glibc

/// A user of the appliance by name; the groups of the same names are theirs.
enum ServiceUser: String, Sendable {
    case root
    case gateway = "chancery-gateway"
    case ledger = "chancery-ledger"
    case keeper = "chancery-keeper"

    /// Of which all three daemons are members: it reads `pki/`.
    static let sharedGroup = "chancery"

    /// - Throws: `notInstalled`
    var id: uid_t {
        get throws(OperatorError) {
            guard let entry = getpwnam(rawValue) else { throw Self.missing("user", rawValue) }
            return entry.pointee.pw_uid
        }
    }

    /// - Throws: `notInstalled`
    static func group(_ name: String) throws(OperatorError) -> gid_t {
        guard let entry = getgrnam(name) else { throw missing("group", name) }
        return entry.pointee.gr_gid
    }

    private static func missing(_ kind: String, _ name: String) -> OperatorError {
        OperatorError(
            .notInstalled, "There is no \(kind) \(name) on this machine.",
            next: "`systemd-sysusers` makes it: it belongs to the package.")
    }
}

extension DaemonKind {
    var user: ServiceUser {
        switch self {
        case .keeper: .keeper
        case .ledger: .ledger
        case .gateway: .gateway
        }
    }
}
