import ProcessBoundary

/// One command at a time writes a file of `pki/`, so that none writes over what another has just added.
enum PKIDirectoryLock {
    /// - Parameter path: of the file that is written.
    /// - Throws: `inputOutput` where another command is writing; what `work` throws
    static func during<Value>(
        _ path: String, _ work: () throws(OperatorError) -> Value
    ) throws(OperatorError) -> Value {
        let lock: FileLock?
        do throws(SystemError) {
            lock = try FileLock(directory: SystemFile.directory(of: path))
        } catch {
            throw .system(error)
        }
        guard let lock else {
            throw OperatorError(
                .inputOutput, "Another command is writing \(path).", next: "Try again.")
        }
        defer { lock.release() }
        return try work()
    }
}
