import Foundation

/// A program that was started and may be waited for.
final class RunningProgram {
    private let process = Process()
    private let directory: URL
    private var output: URL { directory.appendingPathComponent("out") }
    private var errors: URL { directory.appendingPathComponent("err") }

    var pid: pid_t { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    /// - Parameters:
    ///   - environment: replaces variables of ours; nil removes one.
    ///   - standardOutput: where its output goes instead of the result.
    init(
        _ executable: String, _ arguments: [String], environment changes: [String: String?] = [:],
        standardOutput: FileHandle? = nil
    ) throws {
        // Files, not pipes: a full pipe blocks, and daemons started by the program may keep its ends open.
        directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "chpt-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for file in [output, errors] { try Data().write(to: file) }
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        for (name, value) in changes { environment[name] = value }
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try standardOutput ?? FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// Waits for its end.
    func result() throws -> Program {
        process.waitUntilExit()
        return Program(
            status: process.terminationReason == .exit
                ? process.terminationStatus : 128 + process.terminationStatus,
            output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }

    /// Waits until `condition` holds, or the program has ended.
    func wait(until condition: () -> Bool) {
        while isRunning, !condition() { usleep(2000) }
    }
}
