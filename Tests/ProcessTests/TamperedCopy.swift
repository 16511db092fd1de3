import Foundation
import GRDB

/// A copy of a data directory's evidence that a test may damage.
struct TamperedCopy {
    let root: String
    let trust: String

    init(of home: TestHome) throws {
        root = home.directory + "/copy"
        trust = root + "/trust.json"
        try? FileManager.default.removeItem(atPath: root)
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: home.ledger, toPath: root + "/ledger")
        try FileManager.default.copyItem(atPath: home.trust, toPath: trust)
        for name in try FileManager.default.contentsOfDirectory(atPath: root + "/ledger") {
            chmod(root + "/ledger/" + name, 0o600)
        }
    }

    var ledger: String { root + "/ledger" }

    func segment(_ number: Int) -> String { root + "/ledger/segment-0000000\(number).sqlite" }
    func manifest(_ number: Int) -> String { root + "/ledger/segment-0000000\(number).manifest" }

    func verify(_ options: String...) throws -> Program {
        try Program.run(Repository.program("chancery-verify"), [root, "--trust", trust] + options)
    }

    func remove() { try? FileManager.default.removeItem(atPath: root) }

    /// Bytes of one column, read without touching the file.
    func bytes(_ sql: String, in segment: Int) throws -> [UInt8] {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(
            path: "file:\(self.segment(segment))?immutable=1", configuration: configuration)
        defer { try? queue.close() }
        guard let data = try queue.read({ try Data.fetchOne($0, sql: sql) }) else {
            throw TestFailure("no row: \(sql)")
        }
        return [UInt8](data)
    }

    func edit(_ path: String, _ change: (inout Data) -> Void) throws {
        var data = try Data(contentsOf: URL(fileURLWithPath: path))
        change(&data)
        try data.write(to: URL(fileURLWithPath: path))
    }

    func swap(_ first: String, _ second: String) throws {
        try FileManager.default.moveItem(atPath: first, toPath: first + ".x")
        try FileManager.default.moveItem(atPath: second, toPath: first)
        try FileManager.default.moveItem(atPath: first + ".x", toPath: second)
    }

    /// Flips the lowest bit of one byte of `value` where it stands in the file.
    func flip(_ value: [UInt8], byte: Int, inFile path: String) throws {
        var data = try Data(contentsOf: URL(fileURLWithPath: path))
        guard let range = data.range(of: Data(value)), value.indices.contains(byte) else {
            throw TestFailure("the value does not stand in one piece in \(path)")
        }
        data[range.lowerBound + byte] ^= 1
        try data.write(to: URL(fileURLWithPath: path))
    }

    /// Changes rows as somebody would who knows SQLite: triggers away, change, the same triggers again.
    func rewrite(_ segment: Int, _ change: (Database) throws -> Void) throws {
        let queue = try DatabaseQueue(path: self.segment(segment))
        defer { try? queue.close() }
        try queue.writeWithoutTransaction { database in
            let triggers = try Row.fetchAll(
                database,
                sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid")
            for trigger in triggers {
                let name: String = trigger["name"]
                try database.execute(sql: "DROP TRIGGER \"\(name)\"")
            }
            try change(database)
            for trigger in triggers { try database.execute(sql: trigger["sql"]) }
        }
    }
}
