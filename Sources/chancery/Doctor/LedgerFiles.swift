import Foundation
import LedgerFormat
import ProcessBoundary

/// What the names and sizes in `ledger/` tell, and the newest manifest.
struct LedgerFiles: Sendable {
    struct Segment: Sendable {
        let path: String
        /// With its WAL.
        let bytes: UInt64
        let isSealed: Bool
    }

    let segments: [Segment]
    /// When a file was written last, by the clock of that time.
    let lastWrite: Date?
    /// Of the newest seal.
    let sealedAt: Date?

    var bytes: UInt64 { segments.reduce(0) { $0 + $1.bytes } }
    /// What no seal covers yet.
    var unsealedBytes: UInt64 { segments.filter { !$0.isSealed }.reduce(0) { $0 + $1.bytes } }
    var largest: UInt64 { segments.map(\.bytes).max() ?? 0 }

    static func of(_ directory: String) -> Sight<LedgerFiles> {
        let names: [String]
        switch FileStatus.names(in: directory) {
        case .seen(let found): names = found
        case .missing: return .missing
        case .hidden(let reason): return .hidden(reason)
        }
        let statuses = names.reduce(into: [String: FileStatus]()) { result, name in
            result[name] = FileStatus.of(directory + "/" + name).fact
        }
        let segments = names.filter { $0.hasPrefix("segment-") && $0.hasSuffix(".sqlite") }
        let manifests = names.filter { $0.hasPrefix("segment-") && $0.hasSuffix(".manifest") }
        return .seen(
            LedgerFiles(
                segments: segments.map { name in
                    Segment(
                        path: directory + "/" + name,
                        bytes: (statuses[name]?.size ?? 0) + (statuses[name + "-wal"]?.size ?? 0),
                        isSealed: statuses[name.dropLast("sqlite".count) + "manifest"] != nil)
                },
                lastWrite: statuses.values.map(\.modified).max(),
                sealedAt: manifests.last.flatMap { time(ofManifest: directory + "/" + $0) }))
    }

    private static func time(ofManifest path: String) -> Date? {
        guard let bytes = try? SystemFile.read(path, limit: 1 << 20),
            let manifest = try? SegmentManifest(parsing: bytes)
        else { return nil }
        return manifest.body.sealedAt.date
    }
}

extension LedgerTime {
    var date: Date { Date(timeIntervalSince1970: Double(microsecondsSince1970) / 1e6) }
}
