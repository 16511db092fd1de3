import Glibc
import ProcessBoundary

/// Small files that are wholly there or not there at all, also after power loss: `SystemFile` with the keystore's errors.
enum DurableFile {
    /// Writes beside, syncs, renames over, syncs the directory. Mode 0600.
    /// - Throws: `KeyCustodyError.cannotStart` naming file and cause.
    static func write(_ bytes: [UInt8], to path: String) throws(KeyCustodyError) {
        do { try SystemFile.replace(bytes, at: path) } catch { throw failure(error) }
    }

    /// - Returns: nil when there is no such file.
    static func read(_ path: String, limit: Int) throws(KeyCustodyError) -> [UInt8]? {
        do {
            return try SystemFile.read(path, limit: limit)
        } catch {
            if error.number == ENOENT { return nil }
            guard error.number != EFBIG else {
                throw KeyCustodyError(
                    .cannotStart, "\(path) is larger than \(limit) bytes; restore it")
            }
            throw failure(error)
        }
    }

    static func rename(_ path: String, to target: String) throws(KeyCustodyError) {
        do { try SystemFile.rename(path, to: target) } catch { throw failure(error) }
    }

    static func exists(_ path: String) -> Bool { SystemFile.exists(path) }

    /// Removes the file if it is there; durable after `syncDirectory`.
    static func remove(_ path: String) throws(KeyCustodyError) {
        do { try SystemFile.remove(path) } catch { throw failure(error) }
    }

    static func syncDirectory(of path: String) throws(KeyCustodyError) {
        do { try SystemFile.sync(SystemFile.directory(of: path)) } catch { throw failure(error) }
    }

    private static func failure(_ error: SystemError) -> KeyCustodyError {
        KeyCustodyError(.cannotStart, "\(error); check its owner and free space")
    }
}
