import Foundation
import Testing

/// `chancery recover` on the same restored directory, again and again, each time with one fault in the ledger's or the keeper's
/// files: whatever it leaves, the command tried again goes on, and loses nothing that the directory had.
struct RecoverySweep {
    private let stack: Stack
    private let target: FaultTarget
    /// Of somebody whom the restored directory knows.
    private var known = ""
    private(set) var reached = 0

    private var image: String { stack.home.directory + "/image" }
    private var programs: String { stack.home.directory + "/bin" }
    private var trace: SystemCallTrace {
        SystemCallTrace(path: stack.home.directory + "/recovery.trace")
    }

    init(_ target: FaultTarget) throws {
        self.target = target
        stack = try Stack.start()
    }

    /// Makes the directory that is restored each time.
    private mutating func prepare() async throws {
        let (home, files) = (stack.home, FileManager.default)
        known = try await Self.create(stack)
        try Self.require(home.chancery("seal"))
        _ = try await Self.create(stack)
        // As a kill leaves it, so that what was not sealed has a log beside it.
        for (name, pid) in try home.pids() where name != "swtpm" { try home.killNine(pid) }
        let kept = home.directory + "/kept"
        try Self.copy(home.root, to: kept)
        try stack.up()
        _ = try await Self.create(stack)
        try Self.require(home.chancery("down"))
        try files.createDirectory(atPath: image, withIntermediateDirectories: true)
        try files.moveItem(atPath: kept, toPath: image + "/var")
        try Self.copy(home.tpm, to: image + "/tpm")
        try files.createDirectory(atPath: programs, withIntermediateDirectories: true)
        try files.copyItem(
            atPath: Repository.program("chancery"), toPath: programs + "/chancery")
    }

    func stop() async { await stack.stop() }

    /// - Returns: how often a single thread made each call, at most, without a fault.
    mutating func count() async throws -> [String: Int] {
        try await prepare()
        try await run(nil)
        return trace.counts
    }

    mutating func run(_ points: [Injection]) async throws {
        for point in points { try await run(point) }
        print("recovery, \(target.rawValue): \(points.count) points, \(reached) reached")
    }

    private mutating func run(_ point: Injection?) async throws {
        let comment: Comment = "recovery, \(target.rawValue), \(point?.description ?? "no fault")"
        let home = stack.home
        for (from, to) in [("var", home.root), ("tpm", home.tpm)] {
            try FileManager.default.removeItem(atPath: to)
            try Self.copy(image + "/" + from, to: to)
        }
        try installPrograms(point)
        let first = try Program.run(
            programs + "/chancery", ["recover", "--reason", "a sweep"],
            environment: home.environment)
        if point == nil { try #require(first.status == 0, "\(first.said)") }
        if !trace.faults.isEmpty { reached += 1 }
        try Self.require(home.chancery("down", "--force"))
        let second = try home.chancery("recover", "--reason", "a sweep")
        try #require(second.status == 0, "\(comment): \(second.said) \(trace.faults) \(home.logs)")
        try stack.up()
        let found = try await stack.api.get("/api/v1/contacts/\(known)")
        #expect(found.status == 200, comment)
        let added = try await stack.api.create(
            email: "\(UUID().uuidString.lowercased())@example.com")
        #expect(added.status == 201, comment)
        #expect(added.json?["receipt"]?["generation"]?.number != 1, comment)
        try stack.requireVerified(comment)
        try Self.require(home.chancery("down"))
    }

    /// The operator's command finds its daemons beside itself.
    private func installPrograms(_ point: Injection?) throws {
        let files = FileManager.default
        for daemon in FaultTarget.allCases {
            let path = programs + "/" + daemon.rawValue
            try? files.removeItem(atPath: path)
            let program = Repository.program(daemon.rawValue)
            guard daemon == target else {
                try files.createSymbolicLink(atPath: path, withDestinationPath: program)
                continue
            }
            let arguments = trace.arguments(
                files: try target.files(stack.home) + [stack.home.root + "/recovered"],
                injection: point)
            let words = ([TracedDaemon.strace] + arguments + [program]).map { "'\($0)'" }
            try "#!/bin/sh\nexec \(words.joined(separator: " ")) \"$@\"\n"
                .write(toFile: path, atomically: true, encoding: .utf8)
            try #require(chmod(path, 0o700) == 0)
        }
    }

    private static func create(_ stack: Stack) async throws -> String {
        let reply = try await stack.api.create(
            email: "\(UUID().uuidString.lowercased())@example.com")
        return try #require(reply.json?["id"]?.string, "\(reply.text)")
    }

    /// Sockets and all.
    private static func copy(_ from: String, to: String) throws {
        try require(Program.run("/bin/cp", ["-a", from, to]))
    }

    private static func require(_ program: Program) throws {
        try #require(program.status == 0, "\(program.said)")
    }
}
