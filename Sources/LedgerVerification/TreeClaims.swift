internal import LedgerFormat

/// Claims about one generation's tree, in the order in which a walk over its entries comes to them.
struct TreeClaims: Sendable {
    private enum Part { case leaf, root }

    private let claims: [TreeClaim]
    private let events: [(size: UInt64, claim: Int, part: Part)]
    private var next = 0

    /// - Parameter range: sizes that the walk will reach, without the first.
    init(_ claims: [TreeClaim], generation: UInt64, origin: String, above size: UInt64) {
        self.claims = claims
        var events: [(size: UInt64, claim: Int, part: Part)] = []
        for (position, claim) in claims.enumerated()
        where claim.generation == generation && claim.origin == origin {
            events.append((claim.index + 1, position, .leaf))
            events.append((claim.size, position, .root))
        }
        self.events = events.filter { $0.size > size }.sorted { $0.size < $1.size }
    }

    /// The next size at which there is something to compare.
    var size: UInt64? { next < events.count ? events[next].size : nil }

    /// Compares everything that is claimed of the tree of this size.
    ///
    /// - Parameters:
    ///   - leaf: of the last entry.
    ///   - root: nil where it cannot be computed.
    mutating func reached(_ size: UInt64, leaf: Digest32?, root: Digest32?) -> VerificationFailure?
    {
        while next < events.count, events[next].size == size {
            let event = events[next]
            let claim = claims[event.claim]
            next += 1
            switch event.part {
            case .leaf:
                if let leaf, let failure = claim.check(leaf: leaf) { return failure }
            case .root:
                if let root, let failure = claim.check(root: root) { return failure }
            }
        }
        return nil
    }
}
