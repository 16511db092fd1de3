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
    private let programs: TracedPrograms

    init(_ target: FaultTarget) throws {
        self.target = target
        stack = try Stack.start()
        programs = try TracedPrograms(stack.home)
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
        try TestHome.copy(home.root, to: kept)
        try stack.up()
        _ = try await Self.create(stack)
        try Self.require(home.chancery("down"))
        try files.createDirectory(atPath: image, withIntermediateDirectories: true)
        try files.moveItem(atPath: kept, toPath: image + "/var")
        try TestHome.copy(home.tpm, to: image + "/tpm")
    }

    func stop() async { await stack.stop() }

    /// - Returns: how often a single thread made each call, at most, without a fault.
    mutating func count() async throws -> [String: Int] {
        try await prepare()
        try await run(nil)
        return programs.trace.counts
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
            try TestHome.copy(image + "/" + from, to: to)
        }
        try programs.install(
            tracing: target.rawValue, files: target.files(home) + [home.root + "/recovered"],
            injection: point)
        let first = try Program.run(
            programs.command, ["recover", "--reason", "a sweep"],
            environment: home.environment)
        if point == nil { try #require(first.status == 0, "\(first.said)") }
        if !programs.trace.faults.isEmpty { reached += 1 }
        try Self.require(home.chancery("down", "--force"))
        let second = try home.chancery("recover", "--reason", "a sweep")
        try #require(
            second.status == 0, "\(comment): \(second.said) \(programs.trace.faults) \(home.logs)")
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

    private static func create(_ stack: Stack) async throws -> String {
        let reply = try await stack.api.create(
            email: "\(UUID().uuidString.lowercased())@example.com")
        return try #require(reply.json?["id"]?.string, "\(reply.text)")
    }

    private static func require(_ program: Program) throws {
        try #require(program.status == 0, "\(program.said)")
    }
}
