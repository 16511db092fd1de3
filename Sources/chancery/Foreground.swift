import Foundation

/// Runs a program to its end.
enum Foreground {
    /// - Parameter output: file for its output; nil lets it write to ours.
    /// - Returns: the exit status, or 128 + signal.
    static func run(_ executable: String, _ arguments: [String], output: String? = nil)
        throws(OperatorError) -> Int32
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        if let output {
            try Files.write([], to: output)
            guard let handle = FileHandle(forWritingAtPath: output) else {
                throw .system("open", output, errno: errno)
            }
            process.standardOutput = handle
            process.standardError = handle
        }
        do {
            try process.run()
        } catch {
            throw OperatorError(
                .notInstalled, "Cannot start \(executable): \(error.localizedDescription)",
                next: "Check that it is executable.")
        }
        process.waitUntilExit()
        return process.terminationReason == .exit
            ? process.terminationStatus : 128 + process.terminationStatus
    }
}
