import Glibc

extension SystemFile {
    /// Copies a file that is no symbolic link; the bytes of the copy are on disk when this returns, its name is after
    /// ``sync(_:)`` of the directory.
    /// - Parameters:
    ///   - target: what was there is gone; nil: the file is only read.
    ///   - piece: is handed all of its bytes on the way, in their order; to be hashed, say.
    public static func copy(
        _ path: String, to target: String?, mode: UInt32 = 0o600,
        _ piece: (UnsafeRawBufferPointer) -> Void
    ) throws(SystemError) {
        let input = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard input >= 0 else { throw SystemError("open", path, errno: errno) }
        defer { close(input) }
        var output: (descriptor: Int32, path: String)?
        if let target {
            try remove(target)
            let descriptor = open(
                target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { throw SystemError("create", target, errno: errno) }
            output = (descriptor, target)
        }
        defer { if let output { close(output.descriptor) } }
        var block = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = block.withUnsafeMutableBytes {
                Glibc.read(input, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("read", path, errno: errno) }
            guard count > 0 else { break }
            block.withUnsafeBytes { piece(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            if let output { try writeAll(block[..<count], to: output.descriptor, output.path) }
        }
        guard let output else { return }
        guard fchmod(output.descriptor, mode) == 0 else {
            throw SystemError("set permissions of", output.path, errno: errno)
        }
        guard fsync(output.descriptor) == 0 else {
            throw SystemError("sync", output.path, errno: errno)
        }
    }

    static func writeAll(
        _ bytes: ArraySlice<UInt8>, to descriptor: Int32, _ path: String
    ) throws(SystemError) {
        var rest = bytes
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw SystemError("write", path, errno: errno) }
            rest = rest.dropFirst(written)
        }
    }
}
