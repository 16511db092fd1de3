/// Runs a program to its end.
enum Foreground {
    /// - Parameter output: file for its output; nil lets it write to ours.
    /// - Returns: the exit status, or 128 + signal.
    /// - Throws: `interrupted` if we were told to stop meanwhile; the program was told, too, and has ended.
    static func run(_ executable: String, _ arguments: [String], output: String? = nil)
        throws(OperatorError) -> Int32
    {
        if let output { try Files.write([], to: output) }
        return try SignalRelay.during { relay throws(OperatorError) in
            let pid = try ChildProcess.spawn(executable, arguments, output: output, detached: false)
            relay(pid)
            return ChildProcess.wait(for: pid)
        }
    }

    /// - Throws: `processExited` for another exit status than 0.
    static func require(
        _ status: Int32, of program: String, _ verb: String
    ) throws(OperatorError) {
        guard status == 0 else {
            throw OperatorError(
                .processExited, "\(program) \(verb) ended with status \(status).",
                next: "Mend what it names above, then run this again.")
        }
    }
}
