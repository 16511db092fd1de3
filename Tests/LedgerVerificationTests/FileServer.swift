import Foundation

/// Python's server of static files on a free port of this machine.
final class FileServer {
    let address: String
    private let process = Process()

    init(directory: String) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory",
            directory,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        // "Serving HTTP on 127.0.0.1 port 45678 (http://127.0.0.1:45678/) ..."
        var said = Data()
        while !said.contains(0x0A) {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Test.Missing() }
            said.append(more)
        }
        let words = String(decoding: said, as: UTF8.self).split(separator: " ")
        let at = try Test.unwrap(words.firstIndex(of: "port"))
        address = "http://127.0.0.1:\(words[at + 1])/"
    }

    func stop() {
        guard process.isRunning else { return }
        // It inherits the signal mask of a test's thread, which blocks the gentler ones.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    deinit { stop() }
}
