internal import LedgerFormat

/// An open-addressed hash table of subject heads, at most three quarters full.
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

        /// Nobody who writes a ledger knows the seeds, so nobody can make tags that collide.
        var hash: UInt64 {
            let (low, high) = tag.words
            let product = (low ^ HeadPart.seeds.0).multipliedFullWidth(
                by: (high ^ HeadPart.seeds.1) | 1)
            return (product.high ^ product.low &+ UInt64(rank)) &* HeadPart.seeds.2
        }
    }

    private static let seeds: (UInt64, UInt64, UInt64) = {
        var random = SystemRandomNumberGenerator()
        return (random.next(), random.next(), random.next() | 1)
    }()

    private var slots: [Slot] = []
    private var count = 0

    /// Puts the head of its subject and stream.
    /// - Returns: the one that was there.
    mutating func exchange(_ slot: Slot) -> Slot? {
        if (count + 1) * 4 > slots.count * 3 { grow() }
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
    func sorted() -> [SubjectHeads.Head] {
        slots.filter { !$0.isFree }
            .sorted { $0.tag != $1.tag ? $0.tag < $1.tag : $0.rank < $1.rank }
            .compactMap { slot in
                EntryStream(rank: slot.rank).map {
                    SubjectHeads.Head(
                        tag: slot.tag, stream: $0, lastIndex: slot.lastIndex, version: slot.version)
                }
            }
    }

    /// Where the head of this subject and stream is, or the free slot where it belongs.
    private func place(of slot: Slot) -> Int {
        let mask = slots.count - 1
        var at = Int(truncatingIfNeeded: slot.hash >> 32) & mask
        while !slots[at].isFree, slots[at].tag != slot.tag || slots[at].rank != slot.rank {
            at = (at + 1) & mask
        }
        return at
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: .free, count: max(16, old.count * 2))
        for slot in old where !slot.isFree { slots[place(of: slot)] = slot }
    }
}
