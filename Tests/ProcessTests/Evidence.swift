import GRDB

/// What files hold, read with SQLite past all of our code, while whoever owns them is at work.
enum Evidence {
    static func all<Value: DatabaseValueConvertible>(
        _ type: Value.Type, _ path: String, _ sql: String
    ) throws -> [Value] {
        var configuration = Configuration()
        configuration.readonly = true
        // A seal that begins or ends holds the file for a moment.
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        return try queue.read { try Value.fetchAll($0, sql: sql) }
    }
}
