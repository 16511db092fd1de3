import Foundation

/// Room for what comes next: a seal writes the segment once more, a backup the ledger and the keys.
struct DiskCheck: Check {
    static let name = "disk"
    static let abstract =
        "room for writes, a seal and a backup, for new files; the ballast"
    static let things = ["room", "files", "ballast", "backup"]

    let data: Sight<FileSystem>
    let ledger: Sight<LedgerFiles>
    /// Bytes of the ballast.
    let ballast: Sight<UInt64>
    let keysBytes: UInt64
    /// Of the first directory for backups that is there.
    let backups: (directory: String, system: FileSystem)?
    let ledgerRuns: Bool

    /// The ledger's own (StoreLimits), in bytes.
    static let reserved: UInt64 = 256 << 20
    static let ballastBytes: UInt64 = 64 << 20

    static func gather(_ patient: Patient) async -> DiskCheck {
        let home = patient.home
        let backups = patient.backups.lazy.compactMap { directory in
            FileSystem.of(directory).fact.map { (directory, $0) }
        }.first
        return DiskCheck(
            data: FileSystem.of(home.root), ledger: LedgerFiles.of(home.ledger),
            ballast: await ballast(patient),
            keysBytes: Files.size(ofDirectory: home.keys), backups: backups,
            ledgerRuns: patient.runs(.ledger))
    }

    /// A ledger that has just begun sets it aside within a second or two.
    private static func ballast(_ patient: Patient) async -> Sight<UInt64> {
        for _ in 0..<15 {
            switch FileStatus.of(patient.home.root + "/ballast") {
            case .seen(let status): return .seen(status.size)
            case .hidden(let reason): return .hidden(reason)
            case .missing where !patient.runs(.ledger): return .missing
            case .missing: try? await Task.sleep(for: .milliseconds(200))
            }
        }
        return .missing
    }

    var findings: [Finding] {
        guard case .seen(let system) = data else {
            let reason: String
            if case .hidden(let why) = data { reason = why } else { reason = "no data directory" }
            return ["room", "files", "ballast", "backup"].map {
                .notChecked(Self.named($0), reason)
            }
        }
        return [room(system), files(system), ballastFinding(system), backup(system)]
    }

    private func room(_ system: FileSystem) -> Finding {
        let name = Self.named("room")
        let free = Figures.bytes(system.free)
        guard system.free >= Self.reserved else {
            return .error(
                name,
                "\(free) free, and below \(Figures.bytes(Self.reserved)) nothing is written but what operators do",
                do:
                    "make room on the file system of the data directory: chancery status; du -xh --max-depth=2"
            )
        }
        guard case .seen(let files) = ledger else {
            if case .hidden(let reason) = ledger {
                return .notChecked(name, "\(free) free; how much a seal needs: \(reason)")
            }
            return .ok(name, "\(free) free")
        }
        // The seal's copy beside the segment, and what must stay free.
        let needed = files.unsealedBytes + Self.reserved
        guard system.free >= needed else {
            return .warning(
                name,
                "\(free) free, and the next seal needs \(Figures.bytes(needed)) with what must stay free",
                do: "make room on the file system of the data directory, then: chancery seal")
        }
        return .ok(name, "\(free) free, the next seal needs \(Figures.bytes(needed))")
    }

    private func files(_ system: FileSystem) -> Finding {
        let name = Self.named("files")
        guard system.inodes > 0 else {
            return .noneHere(name, "the file system has no fixed number of files")
        }
        let text = "\(Figures.grouped(system.freeInodes)) of \(Figures.grouped(system.inodes)) free"
        let advice = "find what makes so many files there: df -i; du --inodes -x --max-depth=2"
        if system.freeInodes < 100 {
            return .error(name, text + ": no file can be made", do: advice)
        }
        guard system.freeInodes >= min(10_000, system.inodes / 50) else {
            return .warning(name, text, do: advice)
        }
        return .ok(name, text)
    }

    private func ballastFinding(_ system: FileSystem) -> Finding {
        let name = Self.named("ballast")
        switch ballast {
        case .hidden(let reason): return .notChecked(name, reason)
        case .seen(let bytes) where bytes >= Self.ballastBytes:
            return .ok(name, "\(Figures.bytes(bytes)) set aside for a full disk")
        case .missing where ledger.fact?.segments.isEmpty ?? true:
            return .noneHere(name, "nothing was written yet")
        case .seen, .missing:
            let hasRoom = system.free >= Self.reserved + 2 * Self.ballastBytes
            return .warning(
                name,
                "missing, or shorter than it should be: on a full disk operators could not act",
                do: hasRoom
                    ? "\(ledgerRuns ? "" : "chancery up; ")if it does not come back see log/chancery-ledger.log (journalctl -u chancery-ledger)"
                    : "make room: the ledger makes it again with \(Figures.bytes(Self.reserved + 2 * Self.ballastBytes)) free"
            )
        }
    }

    private func backup(_ system: FileSystem) -> Finding {
        let name = Self.named("backup")
        guard let backups else { return .noneHere(name, "no directory for backups is there") }
        guard case .seen(let files) = ledger else {
            return .notChecked(name, "how large the ledger is cannot be seen")
        }
        let needed = files.bytes + keysBytes
        let isShared = backups.system.identity == system.identity
        let free = backups.system.free
        let text =
            "\(Figures.bytes(free)) free in \(backups.directory), a backup needs \(Figures.bytes(needed))"
        guard free >= needed + (isShared ? Self.reserved : 0) else {
            return .warning(name, text, do: "make room there, or mount a larger medium")
        }
        return .ok(
            name, text + (isShared ? "; it is on the data directory's own file system" : ""))
    }
}
