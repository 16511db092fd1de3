import ContactModel

/// What waits for the committer.
enum Work: Sendable {
    case append(ValidatedAppend, AppendReply)
    case system([SystemEntry], audit: AuditRequest?, AppendReply)
    /// Everything before is durable, signed and projected, then this runs.
    case control(Control)

    struct AuditRequest: Sendable {
        let actor: LedgerActor
        let draft: AuditDraft
    }

    enum Control: Sendable {
        case rotate(CheckedContinuation<Result<RotatedSegment?, LedgerStoreError>, Never>)
        case settle(CheckedContinuation<Void, Never>)
        /// Nothing is committed or found any more: the one thing that is never refused.
        case end(CheckedContinuation<Void, Never>)
    }

    var isControl: Bool { if case .control = self { true } else { false } }
    /// What goes on when the disk is full: the operator's requests, and the ledger's own entries.
    var isPrivileged: Bool {
        switch self {
        case .append(let append, _): append.isOperation
        case .system(let entries, _, _): !entries.contains(where: \.isOrdinary)
        case .control: true
        }
    }
    var isSettle: Bool { if case .control(.settle) = self { true } else { false } }
    var isEnd: Bool { if case .control(.end) = self { true } else { false } }

    var entryCount: Int {
        switch self {
        case .append(let append, _): append.entryCount
        case .system(let entries, let audit, _): entries.count + (audit == nil ? 0 : 1)
        case .control: 0
        }
    }

    var bytes: Int {
        switch self {
        case .append(let append, _): append.bytes
        case .system(let entries, _, _): entries.reduce(1_024) { $0 + $1.payload.count + 1_024 }
        case .control: 0
        }
    }

    func fail(_ error: LedgerStoreError) {
        switch self {
        case .append(_, let reply), .system(_, _, let reply):
            reply.resume(returning: .failure(error))
        case .control(.rotate(let reply)): reply.resume(returning: .failure(error))
        case .control(.settle(let reply)), .control(.end(let reply)): reply.resume()
        }
    }
}

/// A first-in first-out queue that knows its bytes.
struct WorkQueue: Sendable {
    private var items: [Work] = []
    private var next = 0
    private(set) var bytes = 0

    var count: Int { items.count - next }
    var first: Work? { next < items.count ? items[next] : nil }

    mutating func append(_ work: Work) {
        items.append(work)
        bytes += work.bytes
    }

    mutating func removeFirst() -> Work? {
        guard let work = first else { return nil }
        next += 1
        bytes -= work.bytes
        // Amortized: moves what is left at most as often as something was taken.
        if next > 1_024, next * 2 > items.count {
            items.removeFirst(next)
            next = 0
        } else if next == items.count {
            items.removeAll(keepingCapacity: true)
            next = 0
        }
        return work
    }

    mutating func removeAll() -> [Work] { remove { _ in true } }

    /// Takes what `isTaken` says, wherever it stands; the rest keeps its order.
    mutating func remove(where isTaken: (Work) -> Bool) -> [Work] {
        var taken: [Work] = []
        var kept: [Work] = []
        while let work = removeFirst() {
            if isTaken(work) { taken.append(work) } else { kept.append(work) }
        }
        for work in kept { append(work) }
        return taken
    }
}
