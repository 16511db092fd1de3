internal import LedgerFormat

/// The last entry of every (subject tag, stream) so far. The one thing in verification that grows with
/// the ledger, so it holds tag, stream, index and version of each pair and nothing else.
struct SubjectHeadTable: Sendable {
    private struct Key: Hashable {
        let tag: SubjectTag
        let stream: EntryStream
    }

    private struct Value {
        let lastIndex: UInt64
        let version: UInt64
    }

    private var heads: [Key: Value] = [:]
    /// Subjects may have entries in earlier segments that are not part of the evidence, at indices
    /// below this; nil when the evidence begins with the ledger.
    private let unseenBelow: UInt64?

    init(unseenBelow: UInt64? = nil) {
        self.unseenBelow = unseenBelow
    }

    init(_ heads: some Sequence<SubjectHeads.Head>) {
        unseenBelow = nil
        for head in heads {
            self.heads[Key(tag: head.tag, stream: head.stream)] = Value(
                lastIndex: head.lastIndex, version: head.version)
        }
    }

    var isComplete: Bool { unseenBelow == nil }

    /// Takes the next entry of a subject.
    /// - Returns: what is wrong with it, or nil.
    mutating func advance(_ entry: ScannedEntry) -> String? {
        guard let tag = entry.subject, let version = entry.subjectVersion else { return nil }
        let key = Key(tag: tag, stream: entry.stream)
        if let head = heads[key] {
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
        heads[key] = Value(lastIndex: entry.index, version: version)
        return nil
    }

    /// `subjectHeadsRoot` of FORMAT 5.2.
    func root() -> Digest32 {
        var tree = SubjectHeadsTree()
        for head in sorted() {
            // Keys of a dictionary, sorted: they ascend without repetition.
            try? tree.append(head)
        }
        return tree.root
    }

    func sorted() -> [SubjectHeads.Head] {
        heads.map { key, value in
            SubjectHeads.Head(
                tag: key.tag, stream: key.stream, lastIndex: value.lastIndex, version: value.version
            )
        }
        .sorted { $0.precedes($1) }
    }
}
