internal import LedgerFormat

/// An open-addressed hash table of subject heads, three to four fifths of it in use once it has grown. A slot stands
/// at the place that its hash has between 0 and 2^64, so that growing by a quarter moves all in one sweep.
struct HeadPart: Sendable {
    /// 32 bytes. A version of 0 marks a free slot, as versions count from 1.
    struct Slot: Sendable {
        let tag: SubjectTag
        /// The index above, the stream's rank in the lowest four bits; an index has 53.
        let position: UInt64
        let version: UInt64

        static let free = Slot(tag: .zero, position: 0, version: 0)

        init(_ head: SubjectHeads.Head) {
            tag = head.tag
            position = head.lastIndex << 4 | UInt64(head.stream.rank)
            version = head.version
        }

        private init(tag: SubjectTag, position: UInt64, version: UInt64) {
            self.tag = tag
            self.position = position
            self.version = version
        }

        var isFree: Bool { version == 0 }
        var lastIndex: UInt64 { position >> 4 }
        var rank: UInt8 { UInt8(truncatingIfNeeded: position & 15) }

        var head: SubjectHeads.Head? {
            EntryStream(rank: rank).map {
                SubjectHeads.Head(tag: tag, stream: $0, lastIndex: lastIndex, version: version)
            }
        }

        /// Of the tag alone: the few streams of a subject, written one behind the other, stand beside each other.
        /// Nobody who writes a ledger knows the seeds, so nobody can make tags that collide.
        var hash: UInt64 {
            let (low, high) = tag.words
            let product = (low ^ HeadPart.seeds.0).multipliedFullWidth(
                by: (high ^ HeadPart.seeds.1) | 1)
            return (product.high ^ product.low) &* HeadPart.seeds.2
        }
    }

    private static let seeds: (UInt64, UInt64, UInt64) = {
        var random = SystemRandomNumberGenerator()
        return (random.next(), random.next(), random.next() | 1)
    }()

    private var slots: [Slot] = []
    private(set) var count = 0

    /// Puts the head of its subject and stream.
    /// - Returns: the one that was there.
    mutating func exchange(_ slot: Slot) -> Slot? {
        if (count + 1) * 5 > slots.count * 4 { grow() }
        let at = place(of: slot)
        let before = slots[at]
        slots[at] = slot
        guard before.isFree else { return before }
        count += 1
        return nil
    }

    mutating func put(_ slot: Slot) {
        _ = exchange(slot)
    }

    /// As FORMAT 5.2 orders them: by tag bytes, then by stream name.
    func sorted() -> some Sequence<SubjectHeads.Head> {
        var heads: [Slot] = []
        heads.reserveCapacity(count)
        for slot in slots where !slot.isFree { heads.append(slot) }
        heads.sort { $0.tag != $1.tag ? $0.tag < $1.tag : $0.rank < $1.rank }
        return heads.lazy.compactMap(\.head)
    }

    /// The heads as leaves of the tree over all parts.
    /// - Parameter start: how many heads the parts before have.
    func leaves(from start: UInt64) -> MerkleRun {
        var run = MerkleRun(start: start)
        for head in sorted() { run.append(head.leafHash) }
        return run
    }

    /// Where the head of this subject and stream is, or the free slot where it belongs.
    private func place(of slot: Slot) -> Int {
        var at = Int(slot.hash.multipliedFullWidth(by: UInt64(slots.count)).high)
        while !slots[at].isFree, slots[at].tag != slot.tag || slots[at].rank != slot.rank {
            at += 1
            if at == slots.count { at = 0 }
        }
        return at
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: .free, count: old.count + max(16, old.count / 4))
        for slot in old where !slot.isFree { slots[place(of: slot)] = slot }
    }
}
