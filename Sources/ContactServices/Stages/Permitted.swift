public import ContactModel

/// A request that the coded table permits its caller; the policies are asked once its purpose is known. Made by
/// `Authenticated.authorized(for:)` alone.
public struct Permitted: Sendable {
    let request: Authenticated
    let action: Action

    init(request: Authenticated, action: Action) {
        self.request = request
        self.action = action
    }

    /// - Parameters:
    ///   - purposes: from `X-Purpose`: none or one.
    ///   - resource: id of the contact that the request names; empty where it names none.
    /// - Throws: `ServiceError` with code `forbidden` when a policy forbids it, or none permits it.
    public func purposed(
        _ purposes: [PurposeCode], on resource: String = ""
    ) throws(ServiceError) -> Authorized {
        var policies: [String] = []
        for purpose in purposes {
            policies += try request.judge(action, on: resource, for: purpose)
        }
        // Bulk lines name purposes of their own: each is judged for its own then (``LinePurposes``).
        if purposes.isEmpty, action != .applyMutations {
            policies = try request.judge(action, on: resource, for: nil)
        }
        return Authorized(
            request: request, action: action, purposes: purposes, policies: policies)
    }
}
