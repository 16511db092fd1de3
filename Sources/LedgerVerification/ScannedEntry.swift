internal import LedgerFormat

/// What the fold over the ledger needs of one entry, after everything that can be checked of an entry
/// alone has been checked. Plain bytes on purpose: nothing in it is counted or allocated, header and payload
/// stay behind in the page they came from.
struct ScannedEntry: Sendable {
    let index: UInt64
    let leaf: Digest32
    let previous: Digest32?
    let time: LedgerTime
    let isClockCorrected: Bool
    let stream: EntryStream
    let subject: SubjectTag?
    let subjectVersion: UInt64?
    let subjectPrevious: UInt64?
}

/// A run of consecutive entries, in index order, up to the first that fails by itself.
struct ScannedChunk: Sendable {
    enum Failure: Sendable {
        case entry(VerificationFailure)
        case database(DatabaseProblem, near: UInt64)
    }

    var entries: [ScannedEntry] = []
    /// What the few entries that speak of the ledger itself say, in index order.
    var statements: [(index: UInt64, statement: LedgerStatement)] = []
    var failure: Failure?
}
