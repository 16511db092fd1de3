import Foundation
import LedgerFormat

/// What lies in the data directory: only segments and manifests without gaps, or it is refused. What a crash
/// left of a creation or a seal is removed; the seal is done again from the segment, which is still there.
struct LedgerDirectory: Sendable {
    let path: String
    /// 1, 2, … without gaps; empty before genesis.
    let segments: [UInt64]
    /// The first so many are sealed.
    let sealed: Int

    init(_ path: String) throws {
        self.path = path
        var segments: Set<UInt64> = []
        var manifests: Set<UInt64> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
            if let number = SegmentSchema.segment(fileName: name) {
                segments.insert(number)
            } else if let number = SegmentSchema.segment(manifestName: name) {
                manifests.insert(number)
            } else if Self.isLeftover(name) {
                try DurableFile.removeIfPresent(path + "/" + name)
            } else if !Self.isCompanion(name) {
                throw SegmentContents.damaged("The ledger directory holds an unknown file, \(name)")
            }
        }
        let count = UInt64(segments.count)
        guard segments == Set((0..<count).map { $0 + 1 }) else {
            let missing = (0..<count).map { $0 + 1 }.first { !segments.contains($0) }
            throw SegmentContents.damaged(
                "\(SegmentSchema.fileName(segment: missing ?? 1)) is missing")
        }
        let sealed = UInt64(manifests.count)
        guard manifests == Set((0..<sealed).map { $0 + 1 }), sealed <= count else {
            let stray = manifests.sorted().enumerated().first {
                UInt64($0.offset) + 1 != $0.element
            }
            throw SegmentContents.damaged(
                "\(SegmentSchema.manifestName(segment: stray?.element ?? sealed)) has no segment, or one "
                    + "before it is not sealed")
        }
        self.segments = segments.sorted()
        self.sealed = manifests.count
    }

    func file(_ number: UInt64) -> SegmentFile { SegmentFile(directory: path, number: number) }

    private static func isLeftover(_ name: String) -> Bool {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            for kind in [".sqlite.creating", ".sqlite.sealing", ".manifest.tmp"]
            where name.hasSuffix(kind + suffix) {
                let stem = name.dropLast((kind + suffix).count)
                if SegmentSchema.segment(fileName: stem + ".sqlite") != nil { return true }
            }
        }
        return false
    }

    private static func isCompanion(_ name: String) -> Bool {
        ["-wal", "-shm", "-journal"].contains { suffix in
            name.hasSuffix(suffix)
                && SegmentSchema.segment(fileName: String(name.dropLast(suffix.count))) != nil
        }
    }
}
