import Foundation
import ProcessBoundary

/// Who could read or write what is not theirs.
struct PermissionsCheck: Check {
    static let name = "permissions"
    static let abstract =
        "owner and mode of directories, secrets, sockets, and of what lies above the data directory"
    static let things = [
        "data-directory", "ledger", "keys", "pki", "pki-keys", "pki-files", "run", "sockets", "log",
        "trust-file", "tls", "software-tpm", "configuration", "backups", "above",
    ]

    struct Item: Sendable {
        let path: String
        /// Who may own it; empty: not judged.
        let owners: Set<uid_t>
        /// Bits that no mode of it may have.
        let forbidden: mode_t
        let status: Sight<FileStatus>
    }

    struct Group: Sendable {
        let thing: String
        let items: [Item]
        /// Something of it must be there.
        var isRequired = false
    }

    let groups: [Group]
    /// The directories above the data directory, from `/` on.
    let ancestors: [Item]

    static let writableByOthers: mode_t = 0o022
    static let anythingForOthers: mode_t = 0o077

    static func gather(_ patient: Patient) async -> PermissionsCheck {
        let rules = PermissionRules(patient)
        return PermissionsCheck(groups: rules.groups, ancestors: rules.ancestors)
    }

    var findings: [Finding] {
        groups.map(judge) + [above]
    }

    private func judge(_ group: Group) -> Finding {
        let name = Self.named(group.thing)
        let problems = group.items.flatMap(problems)
        guard problems.isEmpty else {
            return .error(
                name, Self.joined(problems.map(\.found)),
                do: Self.joined(problems.map(\.advice), by: "; "))
        }
        let hidden = group.items.compactMap { item -> String? in
            if case .hidden(let reason) = item.status { reason } else { nil }
        }
        if let first = hidden.first {
            return .notChecked(
                name, first + (hidden.count > 1 ? ", and \(hidden.count - 1) more" : ""))
        }
        let seen = group.items.count { $0.status.fact != nil }
        guard seen > 0 else {
            return group.isRequired
                ? .error(name, "\(group.items.first?.path ?? name) is missing", do: "chancery up")
                : .noneHere(name, "there is none")
        }
        return .ok(name, seen == 1 ? group.items[0].path : "\(seen) of them")
    }

    private func problems(_ item: Item) -> [(found: String, advice: String)] {
        guard case .seen(let status) = item.status else { return [] }
        var result: [(String, String)] = []
        if !item.owners.isEmpty, !item.owners.contains(status.owner) {
            let wanted = item.owners.sorted().first.map(Home.userName) ?? "root"
            result.append(
                (
                    "\(item.path) belongs to \(Home.userName(status.owner)), not to \(wanted)",
                    "chown \(wanted) \(item.path)"
                ))
        }
        let excess = status.mode & item.forbidden
        // A link's own mode says nothing; a sticky directory keeps others from renaming.
        if excess != 0, status.kind != .link {
            let verb =
                excess & 0o022 != 0
                ? "may be written by others" : "may be read or entered by others"
            result.append(
                (
                    "\(item.path) \(verb) (mode \(String(status.mode, radix: 8)))",
                    "chmod \(Self.removing(item.forbidden)) \(item.path)"
                ))
        }
        return result
    }

    private static func removing(_ bits: mode_t) -> String {
        switch bits {
        case 0o077: "go-rwx"
        case 0o027: "g-w,o-rwx"
        case 0o007: "o-rwx"
        default: "go-w"
        }
    }

    /// Five are enough to know what happened.
    private static func joined(_ parts: [String], by separator: String = "; ") -> String {
        let shown = parts.prefix(5).joined(separator: separator)
        return parts.count > 5 ? shown + "\(separator)… (\(parts.count - 5) more)" : shown
    }

    private var above: Finding {
        let name = Self.named("above")
        for item in ancestors {
            guard case .seen(let status) = item.status else { continue }
            let isSticky = status.mode & 0o1000 != 0
            if status.mode & 0o002 != 0, !isSticky {
                return .error(
                    name,
                    "\(item.path) may be written by everybody: they could put another data directory in the place of this one",
                    do: "chmod o-w \(item.path)")
            }
            if status.mode & 0o020 != 0, !isSticky, status.group != 0 {
                return .warning(
                    name,
                    "\(item.path) may be written by its group, who could move the data directory",
                    do: "chmod g-w \(item.path)")
            }
            if !item.owners.contains(status.owner) {
                return .warning(
                    name,
                    "\(item.path) belongs to \(Home.userName(status.owner)), who could move the data directory",
                    do: "chown root \(item.path)")
            }
        }
        if let hidden = ancestors.compactMap({ item -> String? in
            if case .hidden(let reason) = item.status { reason } else { nil }
        }).first {
            return .notChecked(name, hidden)
        }
        return .ok(name, "nobody else may move the data directory")
    }
}
