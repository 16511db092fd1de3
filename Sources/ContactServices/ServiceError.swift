public import ContactModel
import Foundation

/// Why a request was not done: a code to branch on, and words that name the next step.
///
/// Details never repeat personal data, tokens or bodies: they reach logs, audit entries and clients.
public struct ServiceError: Error, Equatable, Sendable {
    public var code: Code
    public var detail: String
    /// Seconds after which trying again makes sense.
    public var retryAfter: Int?
    /// RFC 6901 pointer to the field of the request body that is wrong.
    public var pointer: String?
    /// Of what is wrong in a body that is a text of lines.
    public var position: TextPosition?
    /// Ids of the access policies that forbade it: for the audit entry, not for the caller.
    public var policies: [String] = []
    /// 16-byte tag of the contact concerned, for the audit entry alone; empty: none is certain.
    var subject = Data()
    /// Whether the audit entry of this refusal is already durable.
    public var isAudited = false

    /// Whether the token that does not count is its issuer's all the same: only its time is over.
    public var isOfVerifiedToken = false

    public init(_ code: Code, _ detail: String, retryAfter: Int? = nil, pointer: String? = nil) {
        self.code = code
        self.detail = detail
        self.retryAfter = retryAfter
        self.pointer = pointer
    }

    public init(_ error: ValidationError) {
        self.init(
            Code(error.code), error.message, pointer: error.pointer.isEmpty ? nil : error.pointer)
    }

    static func refused(by policies: [String]) -> ServiceError {
        var error = ServiceError(
            .forbidden,
            policies.isEmpty
                ? "No access policy permits this for the purpose stated."
                : "An access policy forbids this for the purpose stated; the audit entry of this request names it."
        )
        error.policies = policies
        return error
    }

    func audited() -> ServiceError {
        var copy = self
        copy.isAudited = true
        return copy
    }

    func about(_ subject: Data) -> ServiceError {
        var copy = self
        copy.subject = subject
        return copy
    }

    func at(_ prefix: String) -> ServiceError {
        var copy = self
        copy.pointer = prefix + (pointer ?? "")
        return copy
    }
}
