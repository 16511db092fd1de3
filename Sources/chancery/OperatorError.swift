import Glibc
import ProcessBoundary

/// What went wrong and what to do about it, in words for the person at the terminal.
struct OperatorError: Error, CustomStringConvertible {
    enum Code: String, Sendable {
        case badInput
        case notInstalled
        case unusablePath
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
        case interrupted
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

    /// A failed step on a file, with the reason the kernel gave.
    static func system(_ error: SystemError) -> OperatorError {
        let next =
            switch error.number {
            case EACCES, EPERM: "Run this as the owner of \(error.path), or check its mode."
            case EROFS: "Mount its file system writable, or name another directory with --home."
            case ENOSPC, EDQUOT: "Make room on its file system, then run this again."
            default: "Check that the path exists, belongs to you, and that the disk is not full."
            }
        return OperatorError(.inputOutput, "\(error)".capitalizedFirst + ".", next: next)
    }

    static func system(_ attempt: String, _ path: String, errno number: Int32) -> OperatorError {
        system(SystemError(attempt, path, errno: number))
    }

    /// ^C, or a signal of a service manager.
    static var interrupted: OperatorError {
        OperatorError(
            .interrupted, "Interrupted.",
            next: "Run the command again: it continues where it stands.")
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
