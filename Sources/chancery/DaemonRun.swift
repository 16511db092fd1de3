/// One run of a daemon's program to its end: a verb of the keeper or the ledger.
struct DaemonRun: Sendable, Equatable {
    /// A word of the command line. Paths are those of the operator; where the program runs as another user, in a sandbox, what
    /// lies there is brought to it and fetched from it.
    enum Argument: Sendable, Equatable, ExpressibleByStringLiteral {
        case word(String)
        /// A file that the program reads.
        case input(String)
        /// A file that the program writes.
        case output(String)
        /// A directory, its user's own there, that the program works in.
        case directory(String)
        /// A file in such a directory, whether it is there or not.
        case file(String, in: String)

        init(stringLiteral value: String) { self = .word(value) }

        /// As the operator named it.
        var text: String {
            switch self {
            case .word(let text), .input(let text), .output(let text), .directory(let text): text
            case .file(let name, let directory): directory + "/" + name
            }
        }
    }

    let daemon: DaemonKind
    let arguments: [Argument]

    init(_ daemon: DaemonKind, _ arguments: [Argument]) {
        self.daemon = daemon
        self.arguments = arguments
    }
}

extension [DaemonRun.Argument] {
    static func words(_ words: [String]) -> Self { words.map { .word($0) } }
}
