import Crypto
import Foundation
import GRDB
import LedgerFormat

/// Day keys (FORMAT section 9): `DEK-YYYYMMDD`, drawn at the first use of a UTC day, and `DEK-YYYYMMDD.hhmmss`, drawn at that
/// time by command or because a recovery cannot know which names were drawn before. Names sort as the times do.
extension KeyHierarchy {
    /// The day key `id`, nil when there is none.
    func dayKey(_ id: String, _ db: Database) throws -> SymmetricKey? {
        let statement = try db.cachedStatement(sql: "SELECT wrapped, created FROM dek WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [id]) else { return nil }
        return try KeyWrap.openKey(
            row["wrapped"], under: dataKEK.transientKey(),
            binding: .dayKey(id, created: row["created"]))
    }

    /// The key that encrypts: that of today, or of a later time if there is one. The clock was set back then,
    /// and a key that a newer one has replaced only decrypts.
    /// - Parameter now: seconds since 1970, noted with a new key.
    func activeDayKey(at now: Int64, _ db: Database) throws -> (id: String, key: SymmetricKey) {
        let today = Self.dayKeyName(at: now)
        return try dayKey(named: max(Self.newestDayKey(db) ?? today, today), at: now, db)
    }

    /// Another key than the one that encrypts, from now on.
    func nextDayKey(at now: Int64, _ db: Database) throws -> (id: String, key: SymmetricKey) {
        // Where the clock was set back, a second after the newest.
        let seconds = try Int64.fetchOne(db, sql: "SELECT max(created) + 1 FROM dek") ?? now
        let time = max(now, seconds)
        let id = Self.dayKeyName(at: time) + "." + Self.digits(at: time).suffix(6)
        return try dayKey(named: id, at: time, db)
    }

    private func dayKey(
        named id: String, at time: Int64, _ db: Database
    ) throws -> (id: String, key: SymmetricKey) {
        if let key = try dayKey(id, db) { return (id, key) }
        let key = SymmetricKey(size: .bits256)
        let wrapped = try KeyWrap.seal(
            key, under: dataKEK.transientKey(), binding: .dayKey(id, created: time))
        try db.cachedStatement(sql: "INSERT INTO dek VALUES (?, ?, ?)").execute(
            arguments: [id, wrapped, time])
        return (id, key)
    }

    static func dayKeys(_ db: Database) throws -> DayKeys {
        DayKeys(
            active: try newestDayKey(db),
            oldest: try String.fetchOne(db, sql: "SELECT min(id) FROM dek"),
            count: UInt64(try Int64.fetchOne(db, sql: "SELECT count(*) FROM dek") ?? 0))
    }

    private static func newestDayKey(_ db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT max(id) FROM dek")
    }

    /// - Parameter seconds: since 1970.
    static func dayKeyName(at seconds: Int64) -> String { "DEK-" + digits(at: seconds).prefix(8) }

    /// `YYYYMMDDhhmmss` in UTC.
    private static func digits(at seconds: Int64) -> String {
        String(
            LedgerTime(clampingSeconds: seconds, nanoseconds: 0).text.filter(\.isNumber).prefix(14))
    }
}
