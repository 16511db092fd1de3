/// What went wrong and what to do about it, in words for the person at the terminal.
struct OperatorError: Error, CustomStringConvertible {
    enum Code: String, Sendable {
        case badInput
        case notInstalled
        case pathTooLong
        case inputOutput
        case notInitialised
        case stateMissing
        case portTaken
        case processExited
        case notReady
        case notStopped
        case unreachable
        case refused
        case incomplete
        case busy
    }

    let code: Code
    let message: String
    let nextStep: String

    init(_ code: Code, _ message: String, next nextStep: String) {
        self.code = code
        self.message = message
        self.nextStep = nextStep
    }

    var description: String { "\(message)\n  → \(nextStep)" }

    /// A failed system call on `path`, with the reason the kernel gave.
    static func system(_ call: String, _ path: String, errno number: Int32) -> OperatorError {
        OperatorError(
            .inputOutput, "\(call) \(path): \(systemMessage(number))",
            next: "Check that the path exists, belongs to you, and that the disk is not full.")
    }
}
