/// One result line of POST /api/v1/mutations.
struct BulkResult: Decodable, Sendable {
    let line: Int?
    let status: Int
    let replayed: Bool?
    let problem: Problem?

    enum Kind: Sendable {
        case written
        case alreadyThere
        /// Refers to a create of this stream that was not done.
        case dependent
        /// The server could not take it now; nothing was written.
        case postponed
        case refused
    }

    /// A contact that exists is no failure of an import that may run again: its key is remembered for 48 hours, its
    /// email for ever.
    var kind: Kind {
        switch (status, problem?.code) {
        case (200..<300, _): replayed == true ? .alreadyThere : .written
        case (409, "duplicate-email"): .alreadyThere
        case (_, "failed-ref"): .dependent
        case (429, _), (500..<600, _): .postponed
        default: .refused
        }
    }
}
