/// A command that keeps every rule that can be checked without looking anything up.
public struct Validated<Command: Sendable>: Sendable {
    public let authorized: Authorized
    public let command: Command

    init(authorized: Authorized, command: Command) {
        self.authorized = authorized
        self.command = command
    }

    /// The same request, of whose command this is a part.
    public func mapped<Part: Sendable>(to part: Part) -> Validated<Part> {
        Validated<Part>(authorized: authorized, command: part)
    }
}
