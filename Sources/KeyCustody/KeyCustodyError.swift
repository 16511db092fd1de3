/// A refusal or failure of the keeper, for a person to act on. Callers branch on `code` alone; `message`
/// names the thing and the next step and never holds a secret or personal data.
public struct KeyCustodyError: Error, Sendable, Equatable {
    public enum Code: String, Sendable {
        /// The request is malformed or over a limit.
        case invalid
        /// Whoever asks showed nothing that permits it.
        case forbidden
        /// No key for this subject, and none may be drawn.
        case notFound
        /// A tree or manifest that contradicts what the keeper signed before.
        case equivocation
        /// The keystore cannot be read or written just now.
        case unavailable
        /// A keystore row does not open under its key: damaged, moved or restored from elsewhere.
        case corrupt
        /// The keeper cannot start with what it found.
        case cannotStart
    }

    public let code: Code
    public let message: String
    /// What the TPM said, when it caused this.
    public let tpm: TPMError?

    public init(_ code: Code, _ message: String, tpm: TPMError? = nil) {
        self.code = code
        self.message = message
        self.tpm = tpm
    }
}

extension KeyCustodyError: CustomStringConvertible {
    public var description: String {
        tpm.map { "\(message): \($0)" } ?? message
    }
}
