import Foundation

/// What the operator sees: results on standard output, progress on standard error.
struct Console: Sendable {
    /// A bar may redraw its line only on a terminal; a log gets whole lines.
    let isTerminal: Bool
    let quiet: Bool

    init(quiet: Bool = false) {
        isTerminal = isatty(STDERR_FILENO) == 1
        self.quiet = quiet
    }

    func say(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    func note(_ text: String) {
        guard !quiet else { return }
        let clear = isTerminal ? "\r\u{1B}[K" : ""
        FileHandle.standardError.write(Data((clear + text + "\n").utf8))
    }

    /// Redraws the current line; nothing where no terminal is.
    func redraw(_ text: String) {
        guard isTerminal, !quiet else { return }
        FileHandle.standardError.write(Data(("\r\u{1B}[K" + text).utf8))
    }

    func endRedraw() { redraw("") }
}
