// FORMAT 5.3, BODY: canonical JSON with exactly these members, sorted:
//   count fileHash fileSize firstIndex firstLeafHash format generation lastLeafHash origin
//   previousManifestHash root sealedAt segment subjectHeadsRoot treeSize

public import FoundationEssentials

/// What a manifest says of its segment, with every rule that one manifest alone can be held to.
public struct SegmentManifestBody: Sendable, Equatable {
    public static let format: UInt64 = 1
    static let members = [
        "count", "fileHash", "fileSize", "firstIndex", "firstLeafHash", "format", "generation",
        "lastLeafHash", "origin", "previousManifestHash", "root", "sealedAt", "segment",
        "subjectHeadsRoot", "treeSize",
    ]

    public let segment: UInt64
    public let generation: UInt64
    public let origin: String
    public let firstIndex: UInt64
    /// Entries, at least 1.
    public let count: UInt64
    public let firstLeafHash: Digest32
    public let lastLeafHash: Digest32
    /// Root of the tree of `treeSize` leaves.
    public let root: Digest32
    /// Root over the subject heads (FORMAT 5.2).
    public let subjectHeadsRoot: Digest32
    /// SHA-256 of the final segment file's bytes.
    public let fileHash: Digest32
    /// Bytes.
    public let fileSize: UInt64
    /// `SegmentManifest.hash` of the segment before; nil for segment 1.
    public let previousManifestHash: Digest32?
    public let sealedAt: LedgerTime

    public var treeSize: UInt64 { firstIndex + count }

    /// - Throws: `SegmentManifestError.malformed` naming the member.
    public init(
        segment: UInt64, generation: UInt64, origin: String, firstIndex: UInt64, count: UInt64,
        firstLeafHash: Digest32, lastLeafHash: Digest32, root: Digest32, subjectHeadsRoot: Digest32,
        fileHash: Digest32, fileSize: UInt64, previousManifestHash: Digest32?, sealedAt: LedgerTime
    ) throws(SegmentManifestError) {
        let limit = LedgerLimits.maxInteger
        guard (1...LedgerLimits.maxSegmentNumber).contains(segment) else {
            throw .malformed(member: "segment", rule: "from 1, at most eight digits")
        }
        guard let parsed = LedgerOrigin(origin), parsed.generation == generation else {
            throw .malformed(member: "origin", rule: "<name>/g<generation> of this generation")
        }
        guard (1...limit).contains(count), firstIndex <= limit - count else {
            throw .malformed(member: "count", rule: "at least 1, and treeSize at most 2^53 − 1")
        }
        guard (1...limit).contains(fileSize) else {
            throw .malformed(member: "fileSize", rule: "from 1 to 2^53 − 1")
        }
        guard (previousManifestHash == nil) == (segment == 1) else {
            throw .malformed(member: "previousManifestHash", rule: "null exactly for segment 1")
        }
        self.segment = segment
        self.generation = generation
        self.origin = origin
        self.firstIndex = firstIndex
        self.count = count
        self.firstLeafHash = firstLeafHash
        self.lastLeafHash = lastLeafHash
        self.root = root
        self.subjectHeadsRoot = subjectHeadsRoot
        self.fileHash = fileHash
        self.fileSize = fileSize
        self.previousManifestHash = previousManifestHash
        self.sealedAt = sealedAt
    }

    /// Reads a body alone, as the keeper gets it for signing.
    ///
    /// - Throws: `SegmentManifestError`
    public init(canonical bytes: some ContiguousBytes) throws(SegmentManifestError) {
        try self.init(reader: try ManifestReader(bytes: bytes, members: Self.members))
    }

    init(reader: ManifestReader) throws(SegmentManifestError) {
        guard try reader.integer("format") == Self.format else {
            throw .malformed(member: "format", rule: "1")
        }
        try self.init(
            segment: try reader.integer("segment"), generation: try reader.integer("generation"),
            origin: try reader.string("origin"), firstIndex: try reader.integer("firstIndex"),
            count: try reader.integer("count"),
            firstLeafHash: try reader.digest("firstLeafHash"),
            lastLeafHash: try reader.digest("lastLeafHash"), root: try reader.digest("root"),
            subjectHeadsRoot: try reader.digest("subjectHeadsRoot"),
            fileHash: try reader.digest("fileHash"), fileSize: try reader.integer("fileSize"),
            previousManifestHash: try reader.optionalDigest("previousManifestHash"),
            sealedAt: try reader.time("sealedAt"))
        guard try reader.integer("treeSize") == treeSize else {
            throw .malformed(member: "treeSize", rule: "firstIndex + count")
        }
    }

    /// The one text of this body; every value in it is plain ASCII but the origin, which is escaped by
    /// the rules of canonical JSON.
    public func canonicalBytes() -> [UInt8] {
        let value = CanonicalJSON.Value.object([
            .init("count", .integer(count)), .init("fileHash", .string(fileHash.hex)),
            .init("fileSize", .integer(fileSize)), .init("firstIndex", .integer(firstIndex)),
            .init("firstLeafHash", .string(firstLeafHash.hex)),
            .init("format", .integer(Self.format)), .init("generation", .integer(generation)),
            .init("lastLeafHash", .string(lastLeafHash.hex)), .init("origin", .string(origin)),
            .init(
                "previousManifestHash", previousManifestHash.map { .string($0.hex) } ?? .null),
            .init("root", .string(root.hex)), .init("sealedAt", .string(sealedAt.text)),
            .init("segment", .integer(segment)),
            .init("subjectHeadsRoot", .string(subjectHeadsRoot.hex)),
            .init("treeSize", .integer(treeSize)),
        ])
        // The initializer has checked everything that could make this fail.
        return (try? CanonicalJSON.write(value)) ?? []
    }

    /// What KEK-AUDIT signs.
    public func signingInput() -> [UInt8] {
        Self.signingInput(canonical: canonicalBytes())
    }

    /// `canonical` as given: read it with `init(canonical:)` before signing.
    public static func signingInput(canonical: [UInt8]) -> [UInt8] {
        Array("chancery/manifest/v1\n".utf8) + canonical
    }
}
