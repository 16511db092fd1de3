import Projections

/// Slices of the ledger on their way into the projections, one ahead at each step: while one is projected, the keeper
/// completes the next, and the one behind it is read and hashed.
struct ReplayPipeline {
    struct Slice: Sendable {
        var entries: [ProjectedEntry]
        /// Behind them.
        let tree: TreeState
    }

    private let read: @Sendable (TreeState) throws -> Slice?
    private let complete: @Sendable ([ProjectedEntry]) async throws -> [ProjectedEntry]
    private var reading: Task<Slice?, any Error>
    private var completing: Task<Slice?, any Error>?

    /// - Parameter read: the slice behind a tree; nil at the end.
    init(
        from tree: TreeState, read: @escaping @Sendable (TreeState) throws -> Slice?,
        complete: @escaping @Sendable ([ProjectedEntry]) async throws -> [ProjectedEntry]
    ) {
        self.read = read
        self.complete = complete
        reading = Task { try read(tree) }
    }

    /// Nil at the end. Begins to make what follows before it returns.
    mutating func next() async throws -> Slice? {
        try Task.checkCancellation()
        let current = completing ?? advance()
        completing = advance()
        return try await current.value
    }

    /// Hands over what is being read, and begins to read what is behind it.
    private mutating func advance() -> Task<Slice?, any Error> {
        let (last, read, complete) = (reading, read, complete)
        reading = Task { try await last.value.flatMap { try read($0.tree) } }
        return Task {
            guard var slice = try await last.value else { return nil }
            slice.entries = try await complete(slice.entries)
            return slice
        }
    }

    func cancel() {
        reading.cancel()
        completing?.cancel()
    }
}
