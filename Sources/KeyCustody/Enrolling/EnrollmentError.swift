/// Why a TPM is not enrolled. Callers branch on `code`; `message` names the thing and the next step.
public struct EnrollmentError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The certificate, or the bundle, is not what it should be.
        case malformed
        /// The TPM has no certificate of its endorsement key.
        case noCertificate
        /// No chain from the certificate to a root of the bundle.
        case untrusted
        /// The certificate is another TPM's.
        case otherTPM
        /// The TPM did not find the answer to the challenge.
        case notActivated
        /// What the attestation key signed does not say what it should.
        case contradiction
    }

    public let code: Code
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
