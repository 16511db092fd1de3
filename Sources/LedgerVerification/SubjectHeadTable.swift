internal import LedgerFormat

/// The last entry of every (subject tag, stream) so far. The one thing in verification that grows with
/// the ledger: 32 bytes of tag, stream, index and version for each pair, in 64 open-addressed tables by the
/// tag's first bits. Each grows alone, so that growing never doubles the whole, and in their order the heads
/// are sorted already but for small parts.
struct SubjectHeadTable: Sendable {
    private var parts: [HeadPart]
    /// Subjects may have entries in earlier segments that are not part of the evidence, at indices
    /// below this; nil when the evidence begins with the ledger.
    private let unseenBelow: UInt64?

    init(unseenBelow: UInt64? = nil) {
        self.unseenBelow = unseenBelow
        parts = [HeadPart](repeating: HeadPart(), count: 64)
    }

    init(_ heads: some Sequence<SubjectHeads.Head>) {
        self.init()
        for head in heads {
            parts[Self.part(of: head.tag)].put(HeadPart.Slot(head))
        }
    }

    var isComplete: Bool { unseenBelow == nil }

    /// Takes the next entry of a subject.
    /// - Returns: what is wrong with it, or nil.
    mutating func advance(_ entry: ScannedEntry) -> String? {
        guard let tag = entry.subject, let version = entry.subjectVersion else { return nil }
        let next = HeadPart.Slot(
            SubjectHeads.Head(
                tag: tag, stream: entry.stream, lastIndex: entry.index, version: version))
        if let head = parts[Self.part(of: tag)].exchange(next) {
            guard version == head.version + 1, entry.subjectPrevious == head.lastIndex else {
                return "the subject's entry before this one is \(head.lastIndex), version "
                    + "\(head.version); this entry says predecessor "
                    + "\(entry.subjectPrevious.map(String.init) ?? "none"), version \(version)"
            }
        } else if let unseenBelow {
            if let previous = entry.subjectPrevious, previous >= unseenBelow {
                return "subjectPrevious \(previous) is no entry of this subject"
            }
        } else if version != 1 {
            return "the first entry of a subject says version \(version)"
        }
        return nil
    }

    /// `subjectHeadsRoot` of FORMAT 5.2. All heads are hashed at every seal, on every core.
    func root() async -> Digest32 {
        var start: UInt64 = 0
        var runs: [Task<MerkleRun, Never>] = []
        for part in parts {
            runs.append(Task { [start] in part.leaves(from: start) })
            start += UInt64(part.count)
        }
        var tree = MerkleFrontier()
        for run in runs { tree.append(await run.value) }
        return tree.root
    }

    func sorted() -> [SubjectHeads.Head] { parts.flatMap { $0.sorted() } }

    private static func part(of tag: SubjectTag) -> Int { Int(tag.firstByte >> 2) }
}
