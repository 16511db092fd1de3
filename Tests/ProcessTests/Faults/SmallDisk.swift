import Foundation

/// A file system of a few hundred MiB in memory, mounted where a data directory is going to be.
struct SmallDisk {
    let path: String
    private var filler: String { path + "/filler" }

    static let isPossible = getuid() == 0

    init(at path: String, mebibytes: Int) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let mount = try Program.run(
            "/usr/bin/mount",
            ["-t", "tmpfs", "-o", "size=\(mebibytes)m,mode=0700", "chancery-test", path])
        guard mount.status == 0 else { throw TestFailure("mount: \(mount.said)") }
    }

    /// Takes space until less than `mebibytes` are left; 0 takes all of it.
    func fill(leaving mebibytes: Int) throws {
        guard let handle = FileHandle(forUpdatingAtPath: try made()) else {
            throw TestFailure("no filler: \(errno)")
        }
        defer { try? handle.close() }
        try handle.seekToEnd()
        let block = [UInt8](repeating: 0x5A, count: 64 << 10)
        while try free() > mebibytes << 20 {
            // The last block fits in part.
            guard write(handle.fileDescriptor, block, block.count) > 0 else { break }
        }
    }

    func empty() throws { try FileManager.default.removeItem(atPath: filler) }

    func unmount() { _ = try? Program.run("/usr/bin/umount", ["-l", path]) }

    private func free() throws -> Int {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw TestFailure("statvfs: \(errno)") }
        return Int(status.f_bavail * UInt(status.f_frsize))
    }

    private func made() throws -> String {
        if !FileManager.default.fileExists(atPath: filler) {
            try Data().write(to: URL(fileURLWithPath: filler))
        }
        return filler
    }
}
