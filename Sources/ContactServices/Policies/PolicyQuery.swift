/// Which policies are asked for; without an index: those in force.
public struct PolicyQuery: Sendable {
    let index: UInt64?
    /// nil: the current one.
    let generation: UInt64?

    /// Whether a certain moment is asked for.
    public var isPast: Bool { index != nil }

    public init(index: UInt64?, generation: UInt64?) {
        self.index = index
        self.generation = generation
    }
}
