import Foundation

/// A program that was started and may be waited for.
final class RunningProgram {
    private let child: ChildProcess
    /// Once it has ended and was reaped.
    private var status: Int32?
    private let directory: URL
    private var output: URL { directory.appendingPathComponent("out") }
    private var errors: URL { directory.appendingPathComponent("err") }

    var pid: pid_t { child.pid }
    var isRunning: Bool {
        if status == nil { status = child.poll() }
        return status == nil
    }

    /// - Parameters:
    ///   - environment: replaces variables of ours; nil removes one.
    ///   - standardOutput: where its output goes instead of the result.
    init(
        _ executable: String, _ arguments: [String], environment changes: [String: String?] = [:],
        standardOutput: FileHandle? = nil
    ) throws {
        // Files, not pipes: a full pipe blocks.
        directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "chpt-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let output = directory.appendingPathComponent("out")
        let errors = directory.appendingPathComponent("err")
        for file in [output, errors] { try Data().write(to: file) }
        child = try ChildProcess(
            executable, arguments, environment: changes, output: output.path, errors: errors.path,
            outputDescriptor: standardOutput?.fileDescriptor)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// Waits for its end.
    func result() throws -> Program {
        let status = status ?? child.wait()
        self.status = status
        return Program(
            status: status, output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }

    /// Waits until `condition` holds, or the program has ended.
    func wait(until condition: () -> Bool) {
        while isRunning, !condition() { usleep(2000) }
    }
}
