import Foundation
import ProcessBoundary

/// A data directory, or a copy of one, that is being filled under a name which says so, and gets its own once it is whole. What
/// a try that was killed left in it is thrown away, though not while a program that worked for that try goes on: all of
/// them hold its lock.
struct UnfinishedDirectory {
    let path: String
    private let lock: FileLock

    private static let parts = ["/ledger", "/keys"]

    /// - Throws: `busy` while others fill it.
    init(_ path: String) throws(OperatorError) {
        self.path = path
        try Files.makePrivateDirectory(path)
        let lock: FileLock?
        do throws(SystemError) {
            lock = try FileLock(directory: path, isInherited: true)
        } catch {
            throw .system(error)
        }
        // It is not there where another command has just given it its name.
        guard let lock, Files.exists(path) else {
            throw OperatorError(
                .busy,
                "Another chancery command, or what it left behind when it was killed, writes to \(path).",
                next: "Wait for it to end, then run this again.")
        }
        self.lock = lock
        try renew()
    }

    /// Throws away what is in it.
    func renew() throws(OperatorError) {
        try empty()
        for part in Self.parts { try Files.makePrivateDirectory(path + part) }
    }

    /// Gives it its name, durably.
    func place(at target: String) throws(OperatorError) {
        do throws(SystemError) {
            for part in Self.parts + [""] { try SystemFile.sync(path + part) }
            try SystemFile.rename(path, to: target)
        } catch {
            throw .system(error)
        }
    }

    /// After a failure. It stays where the TPM has something for it that the next try removes.
    func discard() {
        try? empty()
        for part in Self.parts + [""] { rmdir(path + part) }
    }

    private func empty() throws(OperatorError) {
        for name in try Files.names(in: path) where name != "keys" { try remove(name) }
        guard Files.exists(path + "/keys") else { return }
        for name in try Files.names(in: path + "/keys") where name != HomeLayout.adoptionName {
            try remove("keys/" + name)
        }
    }

    private func remove(_ name: String) throws(OperatorError) {
        do { try FileManager.default.removeItem(atPath: "\(path)/\(name)") } catch {
            throw OperatorError(
                .inputOutput, "Cannot remove \(path)/\(name): \(error.localizedDescription)",
                next: "Check its owner.")
        }
    }
}
