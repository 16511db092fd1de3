/// Bounds the groups in flight, in number and in bytes: a slot is taken before a group starts and given back once its results are
/// written.
actor GroupSlots {
    private let groups: Int
    private let bytes: Int
    private var groupsTaken = 0
    private var bytesTaken = 0
    private var isClosed = false
    private var waiting: CheckedContinuation<Void, Never>?

    init(groups: Int, bytes: Int) {
        self.groups = groups
        self.bytes = bytes
    }

    /// For one taker. A group larger than all the bytes goes alone.
    ///
    /// - Throws: `CancellationError` once closed.
    func take(_ count: Int) async throws {
        while !hasRoom(count), !isClosed {
            await withCheckedContinuation { waiting = $0 }
        }
        guard !isClosed else { throw CancellationError() }
        groupsTaken += 1
        bytesTaken += count
    }

    private func hasRoom(_ count: Int) -> Bool {
        groupsTaken == 0 || groupsTaken < groups && bytesTaken + count <= bytes
    }

    func give(_ count: Int) {
        groupsTaken -= 1
        bytesTaken -= count
        wake()
    }

    func close() {
        isClosed = true
        wake()
    }

    private func wake() {
        waiting?.resume()
        waiting = nil
    }
}
