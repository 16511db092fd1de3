import Glibc

/// A system call that failed on a file.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was tried, as a verb: `create`, `write`, `sync`, `rename`, ….
    public let attempt: String
    public let path: String
    /// The `errno`; callers branch on it.
    public let number: Int32

    public init(_ attempt: String, _ path: String, errno number: Int32) {
        self.attempt = attempt
        self.path = path
        self.number = number
    }

    /// The C library's words for the `errno`.
    public var reason: String { Self.text(number) }

    public var description: String { "cannot \(attempt) \(path): \(reason)" }

    /// The C library's words for an `errno`.
    public static func text(_ errorNumber: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let start = buffer.baseAddress,
                strerror_r(errorNumber, start, buffer.count) == 0
            else { return "error \(errorNumber)" }
            return String(cString: start)
        }
    }
}
