import Foundation
import Glibc
import ProcessBoundary

/// A directory in memory of one run of a daemon's program: what it is handed, what it answers, and nothing of it afterwards.
///
///     /run/chancery-command/keeper/NAME         0711 root
///                                     /stdout   what it says, which systemd opens for it
///                                     /stderr
///                                     /files    0700, of the program's user: N-in-FILE, N-out-FILE, N-dir (mounted over)
struct Handover {
    let path: String
    private let user: ServiceUser
    private var outputs: [(made: String, wanted: String)] = []
    private(set) var mounts: [TransientUnit.Mount] = []
    /// What the program is told, and what the operator calls it.
    private(set) var names: [(there: String, here: String)] = []

    var files: String { path + "/files" }
    var output: String { path + "/stdout" }
    var errors: String { path + "/stderr" }

    init(_ path: String, user: ServiceUser) throws(OperatorError) {
        self.path = path
        self.user = user
        try Ownership(path, 0o711, .root).ensure()
        try Ownership(path + "/files", 0o700, user).ensure()
        for file in [output, errors] { try Files.write([], to: file) }
    }

    /// - Returns: what the program is told.
    mutating func take(_ argument: DaemonRun.Argument) throws(OperatorError) -> String {
        let (files, count) = (files, names.count)
        let name = { (kind: String, path: String) in
            "\(files)/\(count)-\(kind)-\((path as NSString).lastPathComponent)"
        }
        switch argument {
        case .word(let word): return word
        case .input(let here):
            let there = name("in", here)
            _ = try Files.copy(here, to: there, mode: 0o400)
            try Ownership.give(there, to: user)
            names.append((there, here))
            return there
        case .output(let here):
            let there = name("out", here)
            outputs.append((there, here))
            names.append((there, here))
            return there
        case .directory(let here):
            // systemd's settings take a list of pairs.
            guard !here.contains(where: { $0.isWhitespace || $0 == ":" || $0 == "\\" }) else {
                throw OperatorError(
                    .badInput, "systemd cannot be handed \(here): a space, a colon or a backslash.",
                    next: "Choose a path without, for example by a link's target renamed.")
            }
            let there = name("dir", here)
            try Ownership(there, 0o700, user).ensure()
            mounts.append(TransientUnit.Mount(source: here, target: there))
            names.append((there, here))
            return there
        case .file(let file, let directory): return try take(.directory(directory)) + "/" + file
        }
    }

    /// Brings what the program wrote to where the operator wants it.
    func fetch() throws(OperatorError) {
        for output in outputs where Files.exists(output.made) {
            do throws(SystemError) {
                let bytes = try SystemFile.read(output.made, limit: Self.largestOutput)
                try SystemFile.replace(bytes, at: output.wanted, mode: 0o644)
            } catch {
                throw .system(error)
            }
        }
    }

    /// A list of the orders to erase is the largest.
    private static let largestOutput = 256 << 20

    /// What commands left that were killed: the files may be secret.
    static func discardAbandoned(in shelf: String) {
        for name in (try? Files.names(in: shelf)) ?? [] {
            let parts = name.split(separator: "-")
            guard parts.count > 2, let pid = pid_t(parts[parts.count - 2]),
                !RunningProcess.isAlive(pid)
            else { continue }
            try? FileManager.default.removeItem(atPath: shelf + "/" + name)
        }
    }

    func discard() { try? FileManager.default.removeItem(atPath: path) }
}
