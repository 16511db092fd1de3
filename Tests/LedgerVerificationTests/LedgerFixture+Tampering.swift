import Foundation
import GRDB
import LedgerFormat
import TestSupport

extension LedgerFixture {
    /// Changes rows as someone with write access would: triggers are put aside and back, byte for byte.
    func rewrite(_ segment: UInt64, _ change: (Database) throws -> Void) throws {
        let queue = try DatabaseQueue(path: path(segment))
        try queue.writeWithoutTransaction { db in
            let triggers = try Row.fetchAll(
                db, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            for row in triggers {
                try db.execute(sql: "DROP TRIGGER \(row[0] as String)")
            }
            try change(db)
            for row in triggers { try db.execute(sql: row[1] as String) }
        }
        try queue.close()
    }

    /// Runs SQL with the triggers in place.
    func execute(_ segment: UInt64, _ sql: String) throws {
        let queue = try DatabaseQueue(path: path(segment))
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// Replaces one byte of a blob through SQL.
    func flip(_ segment: UInt64, table: String, column: String, row: UInt64, at offset: Int) throws
    {
        let key = table == "entry" ? "idx" : "size"
        try rewrite(segment) { db in
            var bytes = try Test.unwrap(
                Data.fetchOne(
                    db, sql: "SELECT \(column) FROM \(table) WHERE \(key) = ?", arguments: [row]))
            let at = bytes.startIndex + offset
            bytes[at] = table == "entry" ? bytes[at] ^ 1 : bytes[at] == 0x41 ? 0x42 : 0x41
            try db.execute(
                sql: "UPDATE \(table) SET \(column) = ? WHERE \(key) = ?", arguments: [bytes, row])
        }
    }

    /// Leaves a segment as a kill does in the middle of a transaction.
    ///
    /// - Parameter superJournal: a file that the journal names as the journal of several databases.
    func leaveHotJournal(_ segment: UInt64, superJournal: String? = nil) throws {
        let path = path(segment)
        try HotJournal.leave(beside: path)
        guard let superJournal else { return }
        // pager.c, readSuperJournal: the end of the file is the name, its length, the sum of its bytes, a magic.
        let name = Array(superJournal.utf8)
        var end: [UInt8] = [0, 0, 0, 1] + name
        for number in [name.count, name.reduce(0) { $0 + Int($1) }] {
            end += withUnsafeBytes(of: UInt32(number).bigEndian) { Array($0) }
        }
        end += [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
        try write(bytes(path + "-journal") + end, to: path + "-journal")
    }

    func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    func flipByte(of path: String, at offset: Int) throws {
        var bytes = try bytes(path)
        bytes[offset] ^= 1
        try write(bytes, to: path)
    }

    /// Where `text` stands in the header of an entry.
    func offset(of text: String, inHeader index: UInt64) throws -> Int {
        let header = String(decoding: headers[Int(index)], as: UTF8.self)
        let range = try Test.unwrap(header.range(of: text))
        return header.utf8.distance(from: header.startIndex, to: range.lowerBound)
    }

    func rename(_ path: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: path, toPath: other)
    }
}
