/// A command that keeps every rule that can be checked without looking anything up.
public struct Validated<Command: Sendable>: Sendable {
    public let authorized: Authorized
    public let command: Command

    init(authorized: Authorized, command: Command) {
        self.authorized = authorized
        self.command = command
    }
}
