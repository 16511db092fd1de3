/// An outbound event by which `ClientGuard` tells the handlers before the HTTP codec where in its requests a connection is.
public enum RequestProgress: Sendable {
    /// The head of a request has all come.
    case headRead
    /// All requests have come to their end, and are answered.
    case done
}
