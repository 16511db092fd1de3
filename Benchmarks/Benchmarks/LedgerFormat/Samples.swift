import LedgerFormat

enum Samples {
    static func header(_ index: UInt64) throws -> EntryHeader {
        try EntryHeader(
            generation: 1, index: index,
            time: LedgerTime(clampingSeconds: 1_790_000_000, nanoseconds: 0),
            id: "0199a1b2-c3d4-7e5f-8a6b-1c2d3e4f5a6b", stream: .contact, type: "ContactCreated",
            actor: "platform-1", label: "s1/i1",
            subject: SubjectTag([UInt8](repeating: 3, count: 16)),
            subjectVersion: 1, subjectPrevious: nil,
            previous: index == 0 ? nil : MerkleTree.leafHash([UInt8](repeating: 1, count: 8)),
            payloadHash: PayloadCommitment.hash([UInt8](repeating: 2, count: 600)))
    }
}
