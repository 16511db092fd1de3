import Foundation
import ProcessBoundary

/// Who owns what, and who may not: in development one user all of it, on an installed machine a user each (appliance/README.md).
struct PermissionRules {
    private let home: Home
    private let isInstalled: Bool
    private let backups: [String]
    /// Whoever the data directory belongs to.
    private let owner: uid_t

    init(_ patient: Patient) {
        home = patient.home
        isInstalled = patient.isInstalled
        backups = patient.backups
        owner = FileStatus.of(patient.home.root).fact?.owner ?? geteuid()
    }

    /// Only where such users were made; else one owns all.
    private func user(_ name: String) -> Set<uid_t> {
        guard isInstalled else { return [owner] }
        guard let entry = getpwnam(name) else { return [owner] }
        return [entry.pointee.pw_uid]
    }

    /// What root keeps for itself, where daemons have a user each.
    private var keeperOfThings: Set<uid_t> {
        isInstalled && getpwnam("chancery-ledger") != nil ? [0] : [owner]
    }

    private var isLedgersToWrite: Bool {
        guard isInstalled, let status = FileStatus.of(home.root).fact,
            let group = getgrnam("chancery-ledger")
        else { return false }
        return status.group == group.pointee.gr_gid && status.mode & 0o1000 != 0
    }

    var groups: [PermissionsCheck.Group] {
        let none = PermissionsCheck.anythingForOthers
        let noWriting = PermissionsCheck.writableByOthers
        let tls = isInstalled ? "/etc/chancery/tls" : nil
        var groups = [
            // Installed, it is root's and sticky: the ledger's group makes its trust file there, and removes nothing of others.
            group(
                "data-directory", [home.root], keeperOfThings,
                isLedgersToWrite ? 0o002 : noWriting, isRequired: true),
            group(
                "ledger", [home.ledger, home.views, home.root + "/recovered"],
                user("chancery-ledger"), none),
            group("keys", [home.keys], user("chancery-keeper"), none, inside: home.keys),
            group("pki", [home.pki], keeperOfThings, isInstalled ? 0o027 : none),
            group(
                "pki-keys", [], keeperOfThings.union([owner]), none, inside: home.pki,
                where: { $0.hasSuffix(".key") }),
            group(
                "pki-files", [], keeperOfThings.union([owner]), noWriting, inside: home.pki,
                where: { !$0.hasSuffix(".key") }),
            group("run", [home.run], keeperOfThings, isInstalled ? noWriting : none),
            group(
                "sockets",
                [
                    home.layout.keeperGatewaySocket, home.layout.keeperLedgerSocket,
                    home.layout.ledgerGatewaySocket,
                ], [], 0o007),
            group("log", [home.log], keeperOfThings, none),
            group("trust-file", [home.trust], user("chancery-ledger"), noWriting),
        ]
        if let tls {
            // The chain is anybody's to see; the directory keeps others from the key as it is exchanged.
            groups.append(
                group(
                    "tls", [tls], [0], none, inside: tls, where: { $0.hasSuffix(".key") }))
            groups.append(
                group(
                    "configuration", ["/etc/chancery", "/etc/chancery/chancery.conf"], [0],
                    noWriting))
        } else {
            groups.append(group("software-tpm", [home.tpm], [owner], none))
        }
        if !backups.isEmpty {
            // The keystore is in them, if sealed.
            groups.append(
                group("backups", backups, isInstalled ? [0] : [], isInstalled ? none : noWriting))
        }
        return groups
    }

    var ancestors: [PermissionsCheck.Item] {
        var path = SystemFile.directory(of: home.root)
        var found: [PermissionsCheck.Item] = []
        while true {
            found.insert(item(path, [0, owner], 0), at: 0)
            guard path != "/" else { return found }
            path = SystemFile.directory(of: path)
        }
    }

    private func group(
        _ thing: String, _ paths: [String], _ owners: Set<uid_t>, _ forbidden: mode_t,
        isRequired: Bool = false, inside directory: String? = nil,
        where isMeant: (String) -> Bool = { _ in true }
    ) -> PermissionsCheck.Group {
        var items = paths.map { item($0, owners, forbidden) }
        if let directory {
            switch FileStatus.names(in: directory) {
            case .missing: break
            case .hidden(let reason):
                items.append(
                    PermissionsCheck.Item(
                        path: directory, owners: [], forbidden: 0, status: .hidden(reason)))
            case .seen(let names):
                items += names.filter(isMeant).map { item("\(directory)/\($0)", owners, forbidden) }
            }
        }
        return PermissionsCheck.Group(thing: thing, items: items, isRequired: isRequired)
    }

    private func item(
        _ path: String, _ owners: Set<uid_t>, _ forbidden: mode_t
    ) -> PermissionsCheck.Item {
        PermissionsCheck.Item(
            path: path, owners: owners, forbidden: forbidden, status: FileStatus.of(path))
    }
}
