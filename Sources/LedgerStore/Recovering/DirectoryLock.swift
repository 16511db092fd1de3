import Foundation
import Synchronization

/// Held for as long as a ledger is open: two writers would fork it. A lock on the directory itself, so that
/// no further file stands among the segments; the kernel drops it with the process.
final class DirectoryLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// - Throws: `LedgerStoreError.locked` when another process has it.
    init(_ directory: String) throws(LedgerStoreError) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw LedgerStoreError(
                .unavailable, "Cannot open \(directory): \(String(cString: strerror(errno))).")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw LedgerStoreError(
                .locked, "Another process has the ledger in \(directory) open; stop it first.")
        }
        self.descriptor = Mutex(descriptor)
    }

    /// The directory may be opened again.
    func release() {
        descriptor.withLock { descriptor in
            if let open = descriptor { close(open) }
            descriptor = nil
        }
    }

    deinit { release() }
}
