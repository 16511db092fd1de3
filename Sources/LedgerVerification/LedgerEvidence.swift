internal import Foundation
internal import LedgerFormat

/// The files to verify, listed and put in order by their names alone.
public struct LedgerEvidence: Sendable {
    /// By ascending number.
    public let segments: [UnverifiedSegment]
    /// Whether the segments must be the whole sequence from 1; false for files picked one by one.
    public let isWhole: Bool
    /// What lies in the directory without being evidence.
    public let notes: [String]

    /// - Parameter path: a directory with segments and manifests.
    /// - Throws: `unreadable`, `noSegments`, `fileName`, `segmentMissing`, `segmentOrder`.
    public init(directory path: String) throws(VerificationFailure) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw VerificationFailure(
                .unreadable, file: path, "cannot list the directory: \(error.localizedDescription)")
        }
        var files: [UInt64: String] = [:]
        var manifests: [UInt64: String] = [:]
        var companions: [UInt64: String] = [:]
        var strangers: [String] = []
        for name in names {
            let full = (path as NSString).appendingPathComponent(name)
            if let number = SegmentSchema.segment(fileName: name) {
                files[number] = full
            } else if let number = SegmentSchema.segment(manifestName: name) {
                manifests[number] = full
            } else if name.hasSuffix(".sqlite") || name.hasSuffix(".manifest") {
                throw VerificationFailure(
                    .fileName, file: name, "not the name of a segment file or of a manifest")
            } else if let number = Self.companion(name) {
                companions[number] = name
            } else {
                strangers.append(name)
            }
        }
        if let (number, name) = companions.filter({ files[$0.key] == nil }).min(by: {
            $0.key < $1.key
        }) {
            throw VerificationFailure(
                .segmentMissing, segment: number, file: name,
                "a log of the segment is here, its file is not")
        }
        let notes = Self.capped(
            strangers.map { "\($0) in the ledger directory is not part of the ledger" },
            more: "files that are not part of the ledger")
        try self.init(files: files, manifests: manifests, isWhole: true, notes: notes)
    }

    /// - Parameter paths: segment files; the manifest of each is looked for beside it.
    /// - Throws: `fileName`, `segmentDuplicate`.
    public init(files paths: [String]) throws(VerificationFailure) {
        var files: [UInt64: String] = [:]
        var manifests: [UInt64: String] = [:]
        for path in paths {
            let name = EvidenceFile.name(path)
            guard let number = SegmentSchema.segment(fileName: name) else {
                throw VerificationFailure(
                    .fileName, file: name,
                    "not the name of a segment file (segment-NNNNNNNN.sqlite)")
            }
            guard files.updateValue(path, forKey: number) == nil else {
                throw VerificationFailure(
                    .segmentDuplicate, segment: number, file: name, "the segment is given twice")
            }
            let manifest = ((path as NSString).deletingLastPathComponent as NSString)
                .appendingPathComponent(SegmentSchema.manifestName(segment: number))
            // A link that leads nowhere is refused as a link, not taken for no manifest.
            if EvidenceFile.kind(manifest) != .absent { manifests[number] = manifest }
        }
        try self.init(files: files, manifests: manifests, isWhole: false, notes: [])
    }

    private init(
        files: [UInt64: String], manifests: [UInt64: String], isWhole: Bool, notes: [String]
    ) throws(VerificationFailure) {
        guard !files.isEmpty || !manifests.isEmpty else {
            throw VerificationFailure(.noSegments, "there are no segment files here")
        }
        if let orphan = manifests.keys.filter({ files[$0] == nil }).min() {
            throw VerificationFailure(
                .segmentMissing, segment: orphan, file: SegmentSchema.fileName(segment: orphan),
                "the segment's manifest is here, its file is not")
        }
        var logsBesideSealed: [String] = []
        var segments: [UnverifiedSegment] = []
        var unsealed: UInt64?
        for (position, number) in files.keys.sorted().enumerated() {
            let expected = UInt64(position) + 1
            guard !isWhole || number == expected else {
                throw VerificationFailure(
                    .segmentMissing, segment: expected,
                    file: SegmentSchema.fileName(segment: expected),
                    "the segment is missing, although segment \(number) is here")
            }
            guard let path = files[number] else { continue }
            if manifests[number] == nil {
                unsealed = unsealed ?? number
            } else if let unsealed {
                throw VerificationFailure(
                    .segmentOrder, segment: unsealed,
                    file: SegmentSchema.manifestName(segment: unsealed),
                    "the segment has no manifest, although the later segment \(number) is sealed")
            } else {
                for suffix in Self.logs where EvidenceFile.kind(path + suffix) != .absent {
                    logsBesideSealed.append(
                        "\(EvidenceFile.name(path))\(suffix) lies beside a sealed segment; it was not read"
                    )
                }
            }
            segments.append(
                UnverifiedSegment(number: number, path: path, manifestPath: manifests[number]))
        }
        self.segments = segments
        self.isWhole = isWhole
        self.notes =
            notes
            + Self.capped(logsBesideSealed, more: "logs beside sealed segments; none was read")
    }

    /// A hostile directory can have any number of files.
    private static func capped(_ notes: [String], more: String) -> [String] {
        guard notes.count > maxNotes else { return notes }
        return notes.prefix(maxNotes) + ["\(notes.count - maxNotes) more \(more)"]
    }

    private static let logs = ["-wal", "-journal"]
    private static let maxNotes = 20

    /// Number of the segment that SQLite keeps this file beside.
    private static func companion(_ name: String) -> UInt64? {
        for suffix in logs + ["-shm"] where name.hasSuffix(suffix) {
            return SegmentSchema.segment(fileName: String(name.dropLast(suffix.count)))
        }
        return nil
    }
}
