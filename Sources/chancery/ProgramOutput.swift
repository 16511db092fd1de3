import Foundation

/// Runs a program for what it says.
enum ProgramOutput {
    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    /// - Parameter patience: seconds after which it is ended.
    /// - Returns: nil if it could not be started, or took longer.
    static func of(_ executable: String, _ arguments: [String], patience: Double = 30) -> Result? {
        let directory = NSTemporaryDirectory() + "/chancery-" + UUID().uuidString
        guard (try? Files.makePrivateDirectory(directory)) != nil else { return nil }
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let (output, errors) = (directory + "/output", directory + "/errors")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        guard FileManager.default.createFile(atPath: output, contents: nil),
            FileManager.default.createFile(atPath: errors, contents: nil),
            let outputFile = FileHandle(forWritingAtPath: output),
            let errorFile = FileHandle(forWritingAtPath: errors)
        else { return nil }
        process.standardOutput = outputFile
        process.standardError = errorFile
        guard (try? process.run()) != nil else { return nil }
        let end = ContinuousClock.now + .seconds(patience)
        while process.isRunning {
            guard ContinuousClock.now < end else {
                process.terminate()
                return nil
            }
            usleep(20_000)
        }
        return Result(
            status: process.terminationStatus, output: text(output), errors: text(errors))
    }

    private static func text(_ path: String) -> String {
        (try? Files.readText(path)) ?? ""
    }
}
