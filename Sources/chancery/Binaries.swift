import Foundation

/// Where the programs are: the daemons beside this executable, the system's tools on PATH.
struct Binaries: Sendable {
    let directory: String

    /// - Throws: `notInstalled` if /proc is not mounted.
    init() throws(OperatorError) {
        // The link names the file itself, whatever symbolic link (bin/chancery) it was started through.
        do {
            let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            directory = (own as NSString).deletingLastPathComponent
        } catch {
            throw OperatorError(
                .notInstalled, "Cannot read /proc/self/exe: \(error.localizedDescription)",
                next: "Chancery needs a mounted /proc.")
        }
    }

    /// - Throws: `notInstalled` if it was not built.
    func sibling(_ name: String) throws(OperatorError) -> String {
        let path = directory + "/" + name
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw OperatorError(
                .notInstalled, "\(path) is missing.",
                next: "Build everything with `make` (or `swift build`).")
        }
        return path
    }

    /// - Throws: `notInstalled` naming the Debian package that brings it.
    static func tool(_ name: String, package: String) throws(OperatorError) -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        for directory in path.split(separator: ":") {
            let candidate = directory + "/" + name
            if FileManager.default.isExecutableFile(atPath: String(candidate)) {
                return String(candidate)
            }
        }
        throw OperatorError(
            .notInstalled, "The program `\(name)` is not installed.",
            next: "Install it: apt-get install \(package) (`make up` does it for you).")
    }
}
