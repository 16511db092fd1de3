import Foundation

/// A daemon whose files are made to fail.
enum FaultTarget: String, CaseIterable, Sendable {
    case ledger = "chancery-ledger"
    case keeper = "chancery-keeper"

    func arguments(_ home: TestHome) -> [String] {
        switch self {
        case .ledger: ["--home", home.root]
        case .keeper: ["--home", home.root, "--tcti", "swtpm:path=\(home.tpm)/swtpm.sock"]
        }
    }

    /// Where its standard error goes, as under `chancery up`.
    func log(_ home: TestHome) -> String {
        home.root + (self == .ledger ? "/log/ledger.log" : "/log/keeper.start")
    }

    /// What SQLite keeps beside a file.
    private static func database(_ path: String) -> [String] {
        ["", "-wal", "-shm", "-journal"].map { path + $0 }
    }

    /// Every file that it may write while appending, sealing and keeping keys, and the directories it syncs.
    func files(_ home: TestHome) throws -> [String] {
        switch self {
        case .keeper:
            let keys = home.root + "/keys"
            var files = [keys, home.root] + Self.database(keys + "/keystore.sqlite")
            for name in ["root.sealed", "root.next", "provisioning"] {
                files += [keys + "/" + name, keys + "/" + name + ".tmp"]
            }
            return files
        case .ledger:
            let active = try home.segments()
            var files = [home.ledger, home.root + "/views", home.root, home.trust]
            files += [home.trust + ".tmp", home.root + "/views/tree.nodes"]
            files += Self.database(home.root + "/views/projections.sqlite")
            for number in max(1, active)...active + 3 {
                let name = home.ledger + "/segment-" + String(format: "%08d", number)
                files += [name + ".manifest", name + ".manifest.tmp"]
                for step in ["", ".creating", ".sealing"] {
                    files += Self.database(name + ".sqlite" + step)
                }
            }
            return files
        }
    }
}

extension TestHome {
    /// The number of the newest segment; 0 before there is one.
    func segments() throws -> Int {
        guard FileManager.default.fileExists(atPath: ledger) else { return 0 }
        return try FileManager.default.contentsOfDirectory(atPath: ledger)
            .count { $0.hasPrefix("segment-") && $0.hasSuffix(".sqlite") }
    }

    func manifests() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: ledger)
            .count { $0.hasPrefix("segment-") && $0.hasSuffix(".manifest") }
    }
}
