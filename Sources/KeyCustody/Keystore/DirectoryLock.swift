import Foundation

/// One keeper per keystore: holds `keys/lock` until it goes. The kernel lets go with the process.
final class DirectoryLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `KeyCustodyError.cannotStart` when another process holds it.
    init(_ directory: String) throws(KeyCustodyError) {
        let path = directory + "/lock"
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw KeyCustodyError(
                .cannotStart, "cannot open \(path): \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw KeyCustodyError(
                .cannotStart,
                "another keeper already uses \(directory); stop it first (see run/chancery-keeper.pid)"
            )
        }
    }

    deinit {
        close(descriptor)
    }
}
