public import ContactModel

/// A request whose caller may do what it asks. Made by `Authenticated.authorized(for:)` alone.
public struct Authorized: Sendable {
    public let request: Authenticated
    public let action: Action
    /// From `X-Purpose`: none or one; several only for a group of bulk lines that name their own.
    public let purposes: [PurposeCode]

    init(request: Authenticated, action: Action, purposes: [PurposeCode]) {
        self.request = request
        self.action = action
        self.purposes = purposes
    }

    /// The same, for stated purposes.
    public func purposed(_ purposes: [PurposeCode]) -> Authorized {
        Authorized(request: request, action: action, purposes: purposes)
    }

    /// Runs the checks that make a command of what was sent.
    public func validated<Command: Sendable>(
        _ command: () throws(ServiceError) -> Command
    ) throws(ServiceError) -> Validated<Command> {
        Validated(authorized: self, command: try command())
    }
}
