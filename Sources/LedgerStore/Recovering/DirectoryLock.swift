import ProcessBoundary

/// Held for as long as a ledger is open: two writers would fork it. `FileLock` with the store's errors.
struct DirectoryLock {
    private let lock: FileLock

    /// - Throws: `LedgerStoreError.locked` when another process has it.
    init(_ directory: String) throws(LedgerStoreError) {
        let lock: FileLock?
        do throws(SystemError) {
            lock = try FileLock(directory: directory)
        } catch {
            throw LedgerStoreError(.unavailable, "Cannot open \(directory): \(error.reason).")
        }
        guard let lock else {
            throw LedgerStoreError(
                .locked, "Another process has the ledger in \(directory) open; stop it first.")
        }
        self.lock = lock
    }

    /// The directory may be opened again.
    func release() { lock.release() }
}
