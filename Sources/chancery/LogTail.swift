import Foundation

/// The end of a log, for a person who needs to know why something stopped.
enum LogTail {
    private static let window: UInt64 = 16384

    /// - Parameter offset: where this run's output begins; earlier lines tell of earlier runs.
    static func read(_ path: String, from offset: UInt64 = 0, lines: Int = 15) -> String {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            return "    (no log at \(path))"
        }
        defer { try? handle.close() }
        let end = (try? handle.seekToEnd()) ?? 0
        let start = max(min(offset, end), end > window ? end - window : 0)
        guard (try? handle.seek(toOffset: start)) != nil,
            let data = try? handle.read(upToCount: Int(window)), !data.isEmpty
        else { return "    (nothing in \(path))" }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").suffix(lines)
            .map { "    " + $0 }.joined(separator: "\n")
    }

    static func size(_ path: String) -> UInt64 {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? UInt64) ?? 0
    }
}
