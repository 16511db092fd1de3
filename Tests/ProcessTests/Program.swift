import Foundation

/// Runs a program to its end and keeps what it said.
struct Program {
    let status: Int32
    let output: String
    let errors: String

    /// Both streams, for messages of failed expectations.
    var said: String { output + errors }

    /// - Parameter environment: replaces variables of ours; nil removes one.
    static func run(
        _ executable: String, _ arguments: [String], environment changes: [String: String?] = [:]
    ) throws -> Program {
        // Files, not pipes: a full pipe blocks, and daemons started by the program may keep its ends open.
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "chpt-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let output = directory.appendingPathComponent("out")
        let errors = directory.appendingPathComponent("err")
        for file in [output, errors] { try Data().write(to: file) }

        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        for (name, value) in changes { environment[name] = value }
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        return Program(
            status: process.terminationReason == .exit
                ? process.terminationStatus : 128 + process.terminationStatus,
            output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }
}
