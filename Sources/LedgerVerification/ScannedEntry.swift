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

extension ScannedEntry {
    /// The rules that relate an entry to the one before it: chain and time.
    func failure(after leaf: Digest32?, _ lastTime: LedgerTime?) -> VerificationFailure? {
        guard previous == leaf else {
            return VerificationFailure(
                .chain, index: index, from: index > 0 ? index - 1 : nil,
                "previous is not the leaf hash of the entry before: one of the two was altered")
        }
        if let lastTime, time < lastTime, !isClockCorrected {
            return VerificationFailure(
                .timeDecrease, index: index,
                "time \(time.text) is before \(lastTime.text) of the entry before")
        }
        return nil
    }
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
