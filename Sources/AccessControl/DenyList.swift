import FoundationEssentials
import Glibc
import ProcessBoundary
import Synchronization

/// Tokens that do not count any more although they have not expired, by `jti`: a file that the operator writes
/// (`chancery revoke`), read again when it has changed.
///
/// One per line (``DeniedToken``). No file: none is denied. A file that cannot be used leaves what was in force as it is.
final class DenyList: Sendable {
    private let path: String
    let watch: FileWatch
    private let state: Mutex<State>

    private struct State {
        var denied: Set<String>
        /// Why the file on the disk is not in force; nil: it is.
        var problem: String?
    }

    /// - Throws: ``KeySetError`` when there is a file that cannot be used.
    init(path: String, recheck: Duration) throws(KeySetError) {
        self.path = path
        watch = FileWatch([path], recheck: recheck)
        state = Mutex(State(denied: try Self.read(path)))
    }

    func contains(_ tokenID: String) -> Bool { state.withLock { $0.denied.contains(tokenID) } }

    var problem: String? { state.withLock { $0.problem } }

    /// - Returns: whether others are denied now.
    func refresh() -> Bool {
        guard watch.sawChange() else { return false }
        // One at a time: an older reading must not come in behind a newer one.
        return state.withLock { state in
            let versions = watch.versions()
            do throws(KeySetError) {
                state.denied = try Self.read(path)
            } catch {
                watch.postpone()
                state.problem = error.message
                return false
            }
            watch.settle(versions)
            state.problem = nil
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
        guard version.size <= Int64(DeniedToken.maxFileBytes) else {
            throw .init("\(path) cannot be used: it is too large")
        }
        guard let bytes = try? Data(contentsOf: URL(filePath: path)),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw .init("\(path) cannot be read as text; check it and its permissions") }
        var denied: Set<String> = []
        for line in text.split(separator: "\n") {
            guard let token = DeniedToken(line: line) else {
                throw .init("\(path) cannot be used: a line in it is not a time and a token's jti")
            }
            denied.insert(token.tokenID)
        }
        return denied
    }
}
