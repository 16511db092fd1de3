/// Bounds the groups in flight: a slot is taken before a group starts and given back once its results are written.
actor GroupSlots {
    private var free: Int
    private var isClosed = false
    private var waiting: CheckedContinuation<Void, Never>?

    init(_ count: Int) {
        free = count
    }

    /// For one taker.
    ///
    /// - Throws: `CancellationError` once closed.
    func take() async throws {
        while free == 0, !isClosed {
            await withCheckedContinuation { waiting = $0 }
        }
        guard !isClosed else { throw CancellationError() }
        free -= 1
    }

    func give() {
        free += 1
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
