import Foundation
import ProcessBoundary

/// Small file operations in the operator's words.
enum Files {
    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// Makes what is missing, mode 0700; a directory that exists keeps the mode that its owner gave it.
    static func makePrivateDirectory(_ path: String) throws(OperatorError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw OperatorError(
                .inputOutput, "Cannot create \(path): \(error.localizedDescription)",
                next: "Check the owner and the free space of its parent directory.")
        }
    }

    /// Replaces `path` in one step, durably.
    static func write(_ bytes: some Sequence<UInt8>, to path: String, mode: mode_t = 0o600)
        throws(OperatorError)
    {
        do { try SystemFile.replace(bytes, at: path, mode: mode) } catch { throw .system(error) }
    }

    static func readText(_ path: String) throws(OperatorError) -> String {
        do {
            return String(decoding: try SystemFile.read(path, limit: 1 << 20), as: UTF8.self)
        } catch {
            throw .system(error)
        }
    }

    /// Bytes of the regular files right below `directory`; 0 if there is none.
    static func size(ofDirectory directory: String) -> UInt64 {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.reduce(0) { sum, name in
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: directory + "/" + name)
            return sum + ((attributes?[.size] as? UInt64) ?? 0)
        }
    }

    /// Of the file system that holds `path`, or will.
    static func freeBytes(at path: String) -> UInt64 {
        var path = path
        while path.count > 1, !exists(path) { path = SystemFile.directory(of: path) }
        return SystemFile.freeBytes(path) ?? 0
    }
}
