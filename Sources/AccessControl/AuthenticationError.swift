public import ProcessBoundary

/// Why a credential is not accepted. Neither code nor message ever holds any of the token.
public struct AuthenticationError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        case missing = "missing-credential"
        case oversized = "oversized-token"
        case malformed = "malformed-token"
        case algorithm = "algorithm-not-accepted"
        case header = "header-not-accepted"
        case tokenType = "token-type-not-accepted"
        case unknownKey = "unknown-key"
        case weakKey = "weak-key"
        case signature = "bad-signature"
        case claims = "bad-claims"
        case issuer = "issuer-not-accepted"
        case audience = "audience-not-accepted"
        case subject = "bad-subject"
        case lifetime = "token-lives-too-long"
        case expired = "token-expired"
        case notYetValid = "token-not-yet-valid"
        case denied = "token-denied"
    }

    public let code: Code
    public let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(code.rawValue): \(message)" }

    /// `UNAUTHENTICATED` with this message.
    public var fault: WireFault { WireFault(.unauthenticated, message) }
}
