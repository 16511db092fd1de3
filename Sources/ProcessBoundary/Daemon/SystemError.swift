import Glibc

enum SystemError {
    /// The C library's words for an `errno`.
    static func text(_ errorNumber: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let start = buffer.baseAddress,
                strerror_r(errorNumber, start, buffer.count) == 0
            else { return "error \(errorNumber)" }
            return String(cString: start)
        }
    }
}
