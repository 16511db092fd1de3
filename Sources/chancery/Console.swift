import Foundation

/// What the operator sees: results on standard output, progress on standard error.
///
/// A reader that has gone away (`chancery status | head -0`) is no reason to stop half way: what cannot be written is dropped.
struct Console: Sendable {
    /// A bar may redraw its line only on a terminal; a log gets whole lines.
    let isTerminal: Bool

    /// With `--json`: progress is for people, standard error for the object of an error.
    private let isForMachines: Bool

    init(arguments: [String] = CommandLine.arguments) {
        isForMachines = arguments.contains("--json")
        isTerminal = isatty(STDERR_FILENO) == 1 && !isForMachines
    }

    func say(_ text: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    }

    /// For machines: one object, members sorted.
    func say(json value: some Encodable) throws {
        say(try Self.json(value))
    }

    /// One or the other.
    func report(_ text: String, json value: (some Encodable)?) throws {
        if let value { try say(json: value) } else { say(text) }
    }

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Names of files may hold what confuses a terminal, or its reader.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
                    default: scalar
                    }
                }))
    }

    /// As it is.
    func write(_ text: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }

    func note(_ text: String) {
        guard !isForMachines else { return }
        warn(text)
    }

    /// Said to machines, too.
    func warn(_ text: String) {
        let clear = isTerminal ? "\r\u{1B}[K" : ""
        try? FileHandle.standardError.write(contentsOf: Data((clear + text + "\n").utf8))
    }

    /// Redraws the current line; nothing where no terminal is.
    func redraw(_ text: String) {
        guard isTerminal else { return }
        try? FileHandle.standardError.write(contentsOf: Data(("\r\u{1B}[K" + text).utf8))
    }

    func endRedraw() { redraw("") }
}
