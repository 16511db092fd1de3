import Foundation
public import LedgerFormat

/// Writes a `HeadsFile`, head by head, and knows the root. The file has its name once it is whole.
public final class HeadsWriter {
    private let path: String
    private let unfinished: String
    private let handle: FileHandle
    private var last: SubjectHeads.Head?
    private var frontier = MerkleFrontier()
    private var records = Data()
    /// An eighth of a byte for each head: all of them are kept until the records end.
    private var nodes = Data()

    /// - Throws: `ProjectionError.database`
    public init(path: String) throws(ProjectionError) {
        self.path = path
        unfinished = path + ".making"
        try? FileManager.default.removeItem(atPath: unfinished)
        guard
            FileManager.default.createFile(
                atPath: unfinished, contents: Data(count: HeadsFile.headerBytes),
                attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: unfinished)
        else { throw NodeFile.failure("create \(HeadsFile.fileName) in") }
        self.handle = handle
        _ = try? handle.seekToEnd()
    }

    deinit {
        try? handle.close()
        unlink(unfinished)
    }

    public var root: Digest32 { frontier.root }

    /// - Throws: `SubjectHeadsError.notSorted`, or what the disk says.
    public func append(_ head: SubjectHeads.Head) throws {
        if let last, !last.precedes(head) { throw SubjectHeadsError.notSorted }
        last = head
        frontier.append(head.leafHash) { node, hash in
            if node.level >= HeadsFile.storedLevel { nodes.append(hash.data) }
        }
        records.append(head.tag.data)
        records.append(head.stream.rank)
        for value in [head.lastIndex, head.version] {
            withUnsafeBytes(of: value.bigEndian) { records.append(contentsOf: $0) }
        }
        if records.count >= Self.partBytes {
            try handle.write(contentsOf: records)
            records.removeAll(keepingCapacity: true)
        }
    }

    /// In the place of what stood there before.
    public func finish(segment: UInt64) throws {
        try handle.write(contentsOf: records)
        try handle.write(contentsOf: nodes)
        var header = HeadsFile.magic
        for value in [segment, frontier.size] {
            withUnsafeBytes(of: value.bigEndian) { header.append(contentsOf: $0) }
        }
        header.append(root.data)
        try handle.seek(toOffset: 0)
        try handle.write(contentsOf: header)
        try handle.synchronize()
        guard rename(unfinished, path) == 0 else { throw NodeFile.failure("rename a file in") }
    }

    private static let partBytes = 1 << 20
}
