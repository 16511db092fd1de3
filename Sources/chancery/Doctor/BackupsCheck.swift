import Foundation
import ProcessBoundary

/// Whether the newest backup is young, whole, and of keys that still open.
struct BackupsCheck: Check {
    static let name = "backups"
    static let abstract =
        "age of the newest, its list and files, whether its keys still open after the last erasure or rotation"
    static let things = ["newest", "whole", "keys", "others"]

    struct Backup: Sendable {
        let path: String
        /// Nil: the list cannot be read.
        let made: Date?
        /// What of it is not as it was written.
        let problem: String?
        /// SHA-256 of its sealed root, in hex.
        let root: String?
    }

    let directories: [String]
    let backups: Sight<[Backup]>
    /// SHA-256 of the sealed root in use: it changes with each step of the erasure epoch.
    let root: Sight<String>
    /// Whether there should be some.
    let areExpected: Bool
    /// Nothing to back up where it is empty.
    let ledger: Sight<LedgerFiles>
    let now: Date

    private static let young: TimeInterval = 26 * 3_600
    private static let old: TimeInterval = 8 * 86_400

    static func gather(_ patient: Patient) async -> BackupsCheck {
        BackupsCheck(
            directories: patient.backups, backups: backups(in: patient.backups),
            root: digest(patient.home.sealedRoot), areExpected: !patient.backups.isEmpty,
            ledger: LedgerFiles.of(patient.home.ledger), now: patient.now)
    }

    /// Each directory is one backup, or holds some.
    private static func backups(in directories: [String]) -> Sight<[Backup]> {
        var found: [Backup] = []
        var hidden: String?
        var isThere = false
        for directory in directories {
            if Files.exists(directory + "/" + BackupManifest.name) {
                found.append(backup(directory))
                isThere = true
                continue
            }
            switch FileStatus.names(in: directory) {
            case .missing: continue
            case .hidden(let reason): hidden = reason
            case .seen(let names):
                isThere = true
                for path in names.filter({ !$0.hasSuffix(".partial") }).map({ directory + "/" + $0 }
                ) {
                    switch FileStatus.of(path + "/" + BackupManifest.name) {
                    case .missing: continue
                    case .hidden(let reason): hidden = reason
                    case .seen: found.append(backup(path))
                    }
                }
            }
        }
        if let hidden, found.isEmpty { return .hidden(hidden) }
        return isThere ? .seen(found) : .missing
    }

    /// Reads the list, and compares sizes of all files and hashes of small ones: the large ones are for `chancery-verify`.
    static func backup(_ path: String) -> Backup {
        let manifest: BackupManifest
        do throws(OperatorError) {
            manifest = try BackupManifest.read(path)
        } catch {
            return Backup(path: path, made: nil, problem: error.message, root: nil)
        }
        let problem = manifest.files.lazy.compactMap { file -> String? in
            guard let status = FileStatus.of(path + "/" + file.path).fact else {
                return "\(file.path) is missing, or may not be seen"
            }
            guard status.size == file.size else { return "\(file.path) is not as long as it was" }
            guard file.size <= 16 << 20 else { return nil }
            let read = try? Files.copy(path + "/" + file.path, to: nil, mode: 0)
            return read?.sha256 == file.sha256 ? nil : "\(file.path) is not what was written"
        }.first
        return Backup(
            path: path, made: try? Date(manifest.made, strategy: .iso8601), problem: problem,
            root: manifest.files.first { $0.path == "keys/root.sealed" }?.sha256)
    }

    private static func digest(_ path: String) -> Sight<String> {
        switch FileStatus.of(path) {
        case .missing: return .missing
        case .hidden(let reason): return .hidden(reason)
        case .seen:
            do throws(OperatorError) {
                return .seen(try Files.copy(path, to: nil, mode: 0).sha256)
            } catch {
                return .hidden(error.message)
            }
        }
    }

    var findings: [Finding] {
        let name = Self.named("newest")
        if case .seen(let files) = ledger, files.segments.isEmpty {
            return [.noneHere(name, "nothing was written yet")]
        }
        if ledger.isMissing { return [.noneHere(name, "nothing was written yet")] }
        guard areExpected else {
            return [.noneHere(name, "no installed machine; --backups names where some lie")]
        }
        let place = directories.first ?? "DIR"
        let advice = "chancery backup --to \(place)/$(date +%F)"
        switch backups {
        case .hidden(let reason): return [.notChecked(name, reason)]
        case .missing:
            return [
                .error(name, "there is none in \(directories.joined(separator: ", "))", do: advice)
            ]
        case .seen(let backups):
            let dated = backups.filter { $0.made != nil }
            guard let newest = dated.max(by: { $0.made ?? .distantPast < $1.made ?? .distantPast })
            else {
                let text =
                    backups.first?.problem
                    ?? "there is none in \(directories.joined(separator: ", "))"
                return [.error(name, text, do: advice)]
            }
            let broken = backups.filter { $0.problem != nil && $0.path != newest.path }
            return [age(newest, advice), whole(newest, advice), keys(newest, advice)]
                + broken.prefix(3).map { backup in
                    .warning(
                        Self.named("others"), "\(backup.path): \(backup.problem ?? "")",
                        do: "remove it once another one is whole")
                }
        }
    }

    private func age(_ newest: Backup, _ advice: String) -> Finding {
        let name = Self.named("newest")
        let age = now.timeIntervalSince(newest.made ?? .distantPast)
        if age < -Self.young {
            return .warning(
                name, "\(newest.path) is of the future: \(Figures.duration(age)) ahead",
                do: "check the clock (clock.entries), then: \(advice)")
        }
        let text = "\(newest.path), \(Figures.duration(max(0, age))) old"
        if age > Self.old { return .error(name, text, do: advice) }
        return age > Self.young ? .warning(name, text, do: advice) : .ok(name, text)
    }

    private func whole(_ newest: Backup, _ advice: String) -> Finding {
        let name = Self.named("whole")
        if let problem = newest.problem {
            return .error(name, "\(newest.path): \(problem)", do: advice)
        }
        return .ok(name, "its files are there, as long as they were")
    }

    private func keys(_ newest: Backup, _ advice: String) -> Finding {
        let name = Self.named("keys")
        switch root {
        case .hidden(let reason): return .notChecked(name, reason)
        case .missing: return .notChecked(name, "there is no sealed root to compare with")
        case .seen(let root):
            guard newest.root == root else {
                return .error(
                    name,
                    "an erasure or a rotation of keys came after \(newest.path): its keys open no more, its ledger is older than the escrow",
                    do: advice)
            }
            return .ok(name, "open: no erasure and no rotation since")
        }
    }
}
