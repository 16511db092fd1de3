import Foundation
import Testing

/// The operator's command and its daemons, one of which runs under strace. The command finds the others beside itself.
struct TracedPrograms {
    private let directory: String
    let trace: SystemCallTrace

    var command: String { directory + "/chancery" }

    init(_ home: TestHome) throws {
        directory = home.directory + "/bin"
        trace = SystemCallTrace(path: home.directory + "/programs.trace")
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
    }

    /// All of them as they are, but `name`, which does what a shell does with `script`.
    func install(_ script: String, as name: String) throws {
        try install(tracing: "none", files: nil, injection: nil)
        let path = directory + "/" + name
        unlink(path)
        try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
        try #require(chmod(path, 0o700) == 0)
    }

    /// - Parameters:
    ///   - verb: arguments with which the traced one begins; run with others, it is not traced.
    ///   - files: as of `SystemCallTrace.arguments`.
    func install(
        tracing traced: String, verb: String = "", files: [String]?, injection: Injection?
    ) throws {
        unlink(trace.path)
        for name in ["chancery", "chancery-keeper", "chancery-ledger", "chancery-verify"] {
            let (path, program) = (directory + "/" + name, Repository.program(name))
            unlink(path)
            if name == traced {
                let strace =
                    [TracedDaemon.strace] + trace.arguments(files: files, injection: injection)
                let words = (strace + [program]).map { "'\($0)'" }.joined(separator: " ")
                try """
                #!/bin/sh
                case "$*" in
                '\(verb)'*) exec \(words) "$@" ;;
                *) exec '\(program)' "$@" ;;
                esac

                """.write(toFile: path, atomically: true, encoding: .utf8)
                try #require(chmod(path, 0o700) == 0)
            } else if name == "chancery" {
                // A link would be followed to the other daemons.
                try FileManager.default.copyItem(atPath: program, toPath: path)
            } else {
                try FileManager.default.createSymbolicLink(
                    atPath: path, withDestinationPath: program)
            }
        }
    }
}
