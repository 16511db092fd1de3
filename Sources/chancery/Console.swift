import Foundation

/// What the operator sees: results on standard output, progress on standard error.
///
/// A reader that has gone away (`chancery status | head -0`) is no reason to stop half way: what cannot be written is dropped.
struct Console: Sendable {
    /// A bar may redraw its line only on a terminal; a log gets whole lines.
    let isTerminal: Bool

    init() { isTerminal = isatty(STDERR_FILENO) == 1 }

    func say(_ text: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    }

    /// As it is.
    func write(_ text: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }

    func note(_ text: String) {
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
