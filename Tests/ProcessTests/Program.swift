import Foundation

/// Runs a program to its end and keeps what it said.
struct Program {
    let status: Int32
    let output: String
    let errors: String

    /// Both streams, for messages of failed expectations.
    var said: String { output + errors }

    /// - Parameter environment: replaces variables of ours; nil removes one.
    static func run(
        _ executable: String, _ arguments: [String], environment changes: [String: String?] = [:]
    ) throws -> Program {
        let running = try RunningProgram(executable, arguments, environment: changes)
        return try running.result()
    }
}
