internal import Synchronization

/// Connections to one segment file, handed to one task at a time.
///
/// A sealed file does not change. An active one only grows: every connection sees at least the entries of
/// the read transaction that fixed the range to scan, and an entry that changed meanwhile breaks the chain.
final class ConnectionPool: Sendable {
    private let path: String
    private let mode: EvidenceDatabase.Mode
    private let idle = Mutex<[EvidenceDatabase]>([])

    init(path: String, mode: EvidenceDatabase.Mode) {
        self.path = path
        self.mode = mode
    }

    func scan(_ range: Range<UInt64>, generation: UInt64) -> ScannedChunk {
        let database: EvidenceDatabase
        if let waiting = idle.withLock({ $0.popLast() }) {
            database = waiting
        } else {
            do throws(DatabaseProblem) {
                database = try EvidenceDatabase(path: path, mode: mode)
            } catch {
                return ScannedChunk(failure: .database(error, near: range.lowerBound))
            }
        }
        defer { idle.withLock { $0.append(database) } }
        return EntryScanner.scan(database, range: range, generation: generation)
    }
}
