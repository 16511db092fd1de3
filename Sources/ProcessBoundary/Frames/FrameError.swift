/// Why a call got no response from the other process. Branch on `code`; `message` is for a person.
///
/// A *fault* is something else: a response in which the other process refuses (``WireFault``).
public struct FrameError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        /// The peer is not there, or the connection broke. Try again later.
        case unavailable
        /// No reply within the call's time.
        case timedOut
        /// Too many calls are waiting in this process already. Try again later.
        case overloaded
        /// A message that does not parse: the two processes are of different versions, or there is a bug.
        case malformed
        /// The request is larger than a frame may be. Ask for less at a time.
        case tooLarge
        /// The calling task was cancelled.
        case cancelled
    }

    public let code: Code
    public let message: String
    /// Whether the peer may have carried the request out: false only when it never left this process. After `true`,
    /// a mutation's outcome is unknown until its idempotency key is tried again.
    public let mayHaveRun: Bool

    public init(_ code: Code, _ message: String, mayHaveRun: Bool) {
        self.code = code
        self.message = message
        self.mayHaveRun = mayHaveRun
    }

    public var description: String { "\(code.rawValue): \(message)" }

    /// The same thing as the refusal that this process would give its own caller.
    public var fault: WireFault {
        switch code {
        case .overloaded: WireFault(.overloaded, message, retryAfterMilliseconds: 1_000)
        case .unavailable, .timedOut, .cancelled:
            WireFault(.unavailable, message, retryAfterMilliseconds: 1_000)
        case .tooLarge: WireFault(.invalid, message)
        case .malformed: WireFault(.internal, message)
        }
    }
}
