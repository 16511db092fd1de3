public import ContactModel
import ProcessBoundary

/// A request whose caller may do what it asks. Made by `Permitted.purposed(_:)` alone.
public struct Authorized: Sendable {
    public let request: Authenticated
    public let action: Action
    /// From `X-Purpose`: none or one; several only for a group of bulk lines that name their own.
    public let purposes: [PurposeCode]
    /// Ids of the access policies that decided.
    public let policies: [String]

    init(
        request: Authenticated, action: Action, purposes: [PurposeCode], policies: [String]
    ) {
        self.request = request
        self.action = action
        self.purposes = purposes
        self.policies = policies
    }

    /// The same, for the purposes of a group of lines, which were judged one by one.
    func naming(_ purposes: [PurposeCode], policies: [String]) -> Authorized {
        Authorized(request: request, action: action, purposes: purposes, policies: policies)
    }

    /// Whether the policies permit it of a contact that the request's path did not name.
    func isPermitted(on contact: EntityID) -> Bool {
        let purposes: [PurposeCode?] = self.purposes.isEmpty ? [nil] : self.purposes
        return purposes.allSatisfy { purpose in
            (try? request.judge(action, on: contact.text, for: purpose)) != nil
        }
    }

    var auditContext: WireAuditContext { request.auditContext(policies) }

    /// Runs the checks that make a command of what was sent.
    public func validated<Command: Sendable>(
        _ command: () throws(ServiceError) -> Command
    ) throws(ServiceError) -> Validated<Command> {
        Validated(authorized: self, command: try command())
    }
}
