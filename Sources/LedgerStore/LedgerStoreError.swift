/// A refusal or failure of the store. Callers branch on `code` alone.
public struct LedgerStoreError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        // Refusals of a request; nothing was appended but its audit entry.
        /// Malformed or over a limit.
        case invalid
        case notFound = "not-found"
        /// The caller sees what it wants to change, and may not.
        case forbidden
        /// The contact's processing is restricted (Article 18 GDPR).
        case restricted
        /// A legal hold keeps the contact from being erased.
        case legalHold = "legal-hold"
        /// The keeper does not take whoever asks for one who may.
        case unauthorized
        /// A unique value is taken, or a subject exists already.
        case conflict
        /// The version that was named is not the contact's any more.
        case stale
        /// The idempotency key was used for another request.
        case idempotencyMismatch = "idempotency-mismatch"
        /// Nothing has been appended since the last seal.
        case nothingToSeal = "nothing-to-seal"

        // Fail closed: try again later.
        case overloaded
        /// Cannot write, sign or project now; the message names the cause.
        case unavailable
        /// The projections turned out to be damaged and were thrown away: the ledger has to be opened again, which
        /// makes them anew.
        case rebuildNeeded = "rebuild-needed"
        /// The clock is behind the last entry by more than the tolerance.
        case clockBehind = "clock-behind"

        // The ledger does not start, or stops: a person must look.
        /// Files are missing, foreign, or contradict each other.
        case damaged
        /// The signer has signed a larger tree than the segments hold, or another one.
        case equivocation
        /// Another process has this ledger open.
        case locked
    }

    public let code: Code
    /// Names the thing and the next step. Holds no personal data.
    public let message: String
    /// With `overloaded`, `unavailable`, `rebuildNeeded` and `clockBehind`.
    public let retryAfterMilliseconds: UInt32?
    /// It failed at or behind the commit point: what was asked for may exist all the same.
    public private(set) var mayHaveRun = false

    public init(_ code: Code, _ message: String, retryAfterMilliseconds: UInt32? = nil) {
        self.code = code
        self.message = message
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    static let held = LedgerStoreError(
        .legalHold, "A legal hold keeps the contact; release it, or wait until its time is over.")

    /// The same, of something that may be durable.
    var afterCommit: LedgerStoreError {
        var copy = self
        copy.mayHaveRun = true
        return copy
    }

    public var description: String { "\(code.rawValue): \(message)" }

    /// How audit entries file it (FORMAT 9.1): upper case with underscores.
    var auditOutcome: String {
        code.rawValue.uppercased().split(separator: "-").joined(separator: "_")
    }
}
