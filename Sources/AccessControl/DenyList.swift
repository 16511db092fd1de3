import FoundationEssentials
import Glibc
import ProcessBoundary
import Synchronization

/// Tokens that do not count any more although they have not expired, by `jti`: a file that the operator writes
/// (`chancery revoke`), read again when it has changed.
///
/// One per line: when it was denied (Unix seconds), a space, the `jti`. No file: none is denied. A file that cannot be used leaves what was in force as it is.
final class DenyList: Sendable {
    private let path: String
    let watch: FileWatch
    private let denied: Mutex<Set<String>>

    /// - Throws: ``KeySetError`` when there is a file that cannot be used.
    init(path: String, recheck: Duration) throws(KeySetError) {
        self.path = path
        watch = FileWatch(path, recheck: recheck, inForce: FileVersion(path))
        denied = Mutex(try Self.read(path))
    }

    func contains(_ tokenID: String) -> Bool { denied.withLock { $0.contains(tokenID) } }

    /// - Returns: whether others are denied now.
    func refresh() -> Bool {
        guard watch.sawChange() else { return false }
        // One at a time: an older reading must not come in behind a newer one.
        return denied.withLock { denied in
            let version = FileVersion(path)
            guard let replacement = try? Self.read(path) else {
                watch.postpone()
                return false
            }
            watch.settle(version)
            denied = replacement
            return true
        }
    }

    private static func read(_ path: String) throws(KeySetError) -> Set<String> {
        guard let version = FileVersion(path) else {
            guard access(path, F_OK) != 0, errno == ENOENT else {
                throw .init("\(path) cannot be looked at; check the permissions of its directory")
            }
            return []
        }
        guard version.size <= Int64(TokenLimits.denyListBytes) else {
            throw .init("\(path) cannot be used: it is too large")
        }
        guard let bytes = try? Data(contentsOf: URL(filePath: path)),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw .init("\(path) cannot be read as text; check it and its permissions") }
        var denied: Set<String> = []
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, UInt64(parts[0]) != nil else {
                throw .init("\(path) cannot be used: a line in it is not a time and a token's jti")
            }
            denied.insert(String(parts[1]))
        }
        return denied
    }
}
