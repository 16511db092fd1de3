import ArgumentParser
import Foundation

/// How a command that failed ends: what went wrong goes to standard error, in words or, with `--json`, as an object.
enum Failure {
    struct Document: Codable {
        struct Details: Codable {
            /// As `OperatorError.Code` has it, or `usage`, or `unexpected`.
            let code: String
            let message: String
            let next: String?
        }

        let error: Details
    }

    static func end(with error: any Error) -> Never {
        guard CommandLine.arguments.contains("--json"), let document = document(of: error),
            let text = try? Console.json(document)
        else { Chancery.exit(withError: error) }
        Console().warn(text)
        Chancery.exit(withError: Chancery.exitCode(for: error))
    }

    /// - Returns: nil for what is no failure, or was told already.
    static func document(of error: any Error) -> Document? {
        if let error = error as? OperatorError {
            return Document(
                error: .init(
                    code: error.code.rawValue, message: error.message, next: error.nextStep))
        }
        let status = Chancery.exitCode(for: error)
        guard status != .success, !(error is ExitCode) else { return nil }
        return Document(
            error: .init(
                code: status.rawValue == ExitStatus.usage.rawValue ? "usage" : "unexpected",
                message: Chancery.message(for: error), next: nil))
    }
}
