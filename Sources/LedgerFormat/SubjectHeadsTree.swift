/// Takes subject heads in order, one by one (from a database cursor, say), and knows their root.
public struct SubjectHeadsTree: Sendable {
    private var frontier = MerkleFrontier()
    private var last: SubjectHeads.Head?

    public init() {}

    /// - Throws: `SubjectHeadsError.notSorted` when `head` does not come after the one before.
    public mutating func append(_ head: SubjectHeads.Head) throws(SubjectHeadsError) {
        if let last, !last.precedes(head) { throw .notSorted }
        last = head
        frontier.append(head.leafHash)
    }

    public var root: Digest32 { frontier.root }
}
