internal import Synchronization

/// Connections to one sealed file, handed to one task at a time. Only sealed files have several: they
/// do not change, so every connection sees the same content.
final class ConnectionPool: Sendable {
    private let path: String
    private let idle = Mutex<[EvidenceDatabase]>([])

    init(path: String) {
        self.path = path
    }

    func scan(_ range: Range<UInt64>, generation: UInt64) -> ScannedChunk {
        let database: EvidenceDatabase
        if let waiting = idle.withLock({ $0.popLast() }) {
            database = waiting
        } else {
            do throws(DatabaseProblem) {
                database = try EvidenceDatabase(path: path, mode: .sealed)
            } catch {
                return ScannedChunk(failure: .database(error, near: range.lowerBound))
            }
        }
        defer { idle.withLock { $0.append(database) } }
        return EntryScanner.scan(database, range: range, generation: generation)
    }
}
