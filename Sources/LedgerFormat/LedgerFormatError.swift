/// What every error of this module tells: callers branch on `code`, people read `message`.
public protocol LedgerFormatError: Error, Sendable, CustomStringConvertible {
    /// A stable kebab-case name, fit for a problem document.
    var code: String { get }
    /// Names the thing that is wrong and what to do next. Holds no personal data.
    var message: String { get }
}

extension LedgerFormatError {
    public var description: String { "\(code): \(message)" }
}
