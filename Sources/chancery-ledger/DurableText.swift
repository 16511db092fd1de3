import Foundation

/// A small file that others read while it is replaced.
enum DurableText {
    /// Writes beside `path`, syncs, renames over it: readers see the old or the new one, whole. Mode 0644.
    static func write(_ bytes: some Collection<UInt8>, to path: String) throws {
        let temporary = path + ".tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: Data(bytes))
        // The process's umask keeps everything else private; this one file is public.
        guard fchmod(descriptor, 0o644) == 0 else {
            throw POSIXError(.init(rawValue: errno) ?? .EIO)
        }
        try handle.synchronize()
        guard rename(temporary, path) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }
}
