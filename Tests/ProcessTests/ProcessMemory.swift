import Foundation
import Glibc

/// What stands in the memory of another process, as its owner with all capabilities sees it (proc(5)).
struct ProcessMemory {
    struct Region {
        let range: Range<UInt64>
        /// As in `rw-p`.
        let permissions: String
        let isAnonymous: Bool

        var size: Int { Int(range.upperBound - range.lowerBound) }
    }

    let regions: [Region]
    private let memory: FileHandle

    init(of pid: pid_t) throws {
        let maps = try Self.whole("/proc/\(pid)/maps")
        regions = maps.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            let bounds = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard fields.count >= 5, bounds.count == 2, bounds[0] < bounds[1] else { return nil }
            return Region(
                range: bounds[0]..<bounds[1], permissions: String(fields[1]),
                isAnonymous: fields[4] == "0")
        }
        guard let memory = FileHandle(forReadingAtPath: "/proc/\(pid)/mem") else {
            throw TestFailure("the memory of \(pid) cannot be read: \(errno)")
        }
        self.memory = memory
    }

    /// The kernel gives a page of it at a time, which is not its end.
    private static func whole(_ path: String) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw TestFailure("\(path) cannot be read: \(errno)")
        }
        var bytes: [UInt8] = []
        var page = [UInt8](repeating: 0, count: 4_096)
        while case let count = Glibc.read(file.fileDescriptor, &page, page.count), count > 0 {
            bytes += page.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Those of the byte strings that stand in what the process may write to, or holds without a file.
    func hits(_ scanner: ByteScanner) -> (found: Set<[UInt8]>, scanned: Int) {
        var found: Set<[UInt8]> = []
        var scanned = 0
        for region in regions
        where region.permissions.hasPrefix("rw") || (region.isAnonymous && isReadable(region)) {
            for data in chunks(of: region) {
                scanned += data.count
                found.formUnion(scanner.hits(in: data))
            }
        }
        return (found, scanned)
    }

    /// The ends of pages between two that nobody may touch: where libsodium puts a secret. A secret of 64 bytes is two of 32.
    func guardedSecrets() -> Set<[UInt8]> {
        var secrets: Set<[UInt8]> = []
        for index in regions.indices.dropFirst().dropLast() {
            let region = regions[index]
            guard region.isAnonymous, isReadable(region), region.size <= 3 * 4_096,
                [index - 1, index + 1].allSatisfy({ regions[$0].permissions == "---p" }),
                let data = read(region.range.upperBound - 64, 64)
            else { continue }
            for half in [data.prefix(32), data.suffix(32)] where Set(half).count >= 20 {
                secrets.insert(Array(half))
            }
        }
        return secrets
    }

    private func isReadable(_ region: Region) -> Bool { region.permissions.hasPrefix("r") }

    /// Overlapping a little, so that nothing falls between two.
    private func chunks(of region: Region) -> [Data] {
        let (size, overlap) = (UInt64(16 << 20), UInt64(512))
        return stride(from: region.range.lowerBound, to: region.range.upperBound, by: Int(size))
            .compactMap { start in
                let end = min(start + size + overlap, region.range.upperBound)
                return read(start, Int(end - start))
            }
    }

    /// Nil: it is not mapped any more, or the kernel's own.
    private func read(_ address: UInt64, _ count: Int) -> Data? {
        guard let offset = off_t(exactly: address) else { return nil }
        var data = Data(count: count)
        let read = data.withUnsafeMutableBytes {
            pread(memory.fileDescriptor, $0.baseAddress, count, offset)
        }
        return read > 0 ? data.prefix(read) : nil
    }
}
