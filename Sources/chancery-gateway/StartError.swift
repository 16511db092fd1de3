/// Why the gateway cannot start: what is wrong, and what to do.
struct StartError: Error, CustomStringConvertible {
    let description: String

    /// Runs `body`, which reads `path`.
    static func reading<Value>(_ path: String, _ body: () throws -> Value) throws(StartError)
        -> Value
    {
        do {
            return try body()
        } catch {
            throw StartError(
                description:
                    "cannot use \(path): \(error); `chancery up` makes it anew when it is missing")
        }
    }
}
