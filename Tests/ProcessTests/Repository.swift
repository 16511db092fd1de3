import Foundation

/// Where the repository and its programs are.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// `swift build --build-tests` puts the executables beside the tests; CHANCERY_TEST_BIN names another build.
    static let programs =
        ProcessInfo.processInfo.environment["CHANCERY_TEST_BIN"] ?? root + "/.build/debug"

    static func program(_ name: String) -> String { programs + "/" + name }

    static let examples = root + "/Examples/contacts.ndjson"
    static let pythonVerifier = root + "/Tests/Vectors/verify_ledger.py"

    /// Debian's own Python has python3-cryptography; another one on PATH may not.
    static let python: String = {
        let candidates = ["/usr/bin/python3", "/usr/local/bin/python3"]
        return candidates.first {
            (try? Program.run($0, ["-c", "import cryptography"]).status) == 0
        }
            ?? "/usr/bin/python3"
    }()

    /// `.ci/run` installs everything, so nothing may be skipped there.
    static let isCI = ProcessInfo.processInfo.environment["CI"] == "true"

    static let hasSoftwareTPM = ["/usr/bin/swtpm", "/usr/bin/swtpm_setup"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: $0)
    }
}
