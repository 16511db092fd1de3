import Foundation
import Testing

/// A command of the operator's that changes what is on disk or in the TPM.
protocol SweptCommand: Sendable {
    var home: TestHome { get }
    /// Those of its programs that write, with the arguments of the run that matters.
    var verbs: [String: String] { get }
    var arguments: [String] { get }

    /// Once, before the first run.
    mutating func prepare() async throws
    /// As it was before the command was ever given.
    func reset() throws
    /// After a try that was killed: false where there is something left to do.
    func isDone(_ comment: Comment) throws -> Bool
    /// Everything that the command promises.
    func check(_ comment: Comment) async throws
    func stop() async
}

/// The command again and again, each time with kill -9 at another place of one of its programs: the same command again
/// completes it, and leaves what one leaves that nobody disturbed.
struct CommandSweep<Command: SweptCommand> {
    private(set) var command: Command
    private let program: String
    private let programs: TracedPrograms
    private(set) var reached = 0

    init(_ command: Command, killing program: String) throws {
        self.command = command
        self.program = program
        programs = try TracedPrograms(command.home)
    }

    /// - Returns: how often a single thread made each call, at most, when nobody is killed.
    mutating func count() async throws -> [String: Int] {
        try await command.prepare()
        try await run(nil)
        return programs.trace.counts
    }

    mutating func run(_ points: [Injection]) async throws {
        for point in points {
            // Threads share the calls out anew in each run, so one may make fewer of them: then an earlier one is taken.
            var number = point.number
            while try await !run(
                Injection(call: point.call, number: number, fault: point.fault)), number > 1
            {
                number /= 2
            }
        }
        print("\(name): \(points.count) points, \(reached) reached")
    }

    private var name: String { "\(command.arguments.prefix(2).joined(separator: " ")), \(program)" }

    /// - Returns: whether anything was killed.
    @discardableResult
    private mutating func run(_ point: Injection?) async throws -> Bool {
        let comment: Comment = "\(name), \(point?.description ?? "no fault")"
        try command.reset()
        try programs.install(
            tracing: program, verb: command.verbs[program] ?? "", files: nil, injection: point)
        let first = try Program.run(
            programs.command, command.arguments, environment: command.home.environment)
        let faults = programs.trace.faults
        if point == nil { try #require(first.status == 0, "\(comment): \(first.said)") }
        if !faults.isEmpty { reached += 1 }
        if try !command.isDone(comment) {
            let second = try again()
            try #require(
                second.status == 0, "\(comment): \(second.said) \(faults) \(command.home.logs)")
        }
        try await command.check("\(comment) \(faults)")
        return !faults.isEmpty
    }

    /// By a person who reads: what a command that was killed had started may still be at it.
    private func again() throws -> Program {
        while true {
            let program = try Program.run(
                Repository.program("chancery"), command.arguments,
                environment: command.home.environment)
            guard program.said.contains("Wait for it to end") else { return program }
            usleep(50_000)
        }
    }
}

extension TestHome {
    /// The counters in the TPM are those of this directory, three of them, and nothing else of ours is there.
    func requireOnlyOurCounters(_ comment: Comment) throws {
        let status = try chancery("tpm", "status", "--json")
        let counters = try #require(
            JSON(status.output.utf8)?["counters"]?.array, "\(comment): \(status.said)")
        let purposes = counters.map { $0["purpose"]?.string ?? "a stranger's" }
        #expect(purposes.sorted() == ["anchor", "epoch", "seal"], comment)
    }

    /// A TPM that nothing was ever made in.
    func manufactureTPM(at directory: String) throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        let made = try Program.run(
            "/usr/bin/swtpm_setup", ["--tpm2", "--tpmstate", directory, "--lock-nvram"])
        guard made.status == 0 else { throw TestFailure(made.said) }
    }

    /// Of `subject` or `erased` in a keystore that may be in use: tags in hex, as headers have them.
    static func tags(_ table: String, inKeys keys: String) throws -> Set<String> {
        Set(
            try Evidence.all(
                String.self, keys + "/keystore.sqlite", "SELECT lower(hex(tag)) FROM \(table)"))
    }

    func require(_ arguments: String...) throws {
        let result = try Program.run(
            Repository.program("chancery"), arguments, environment: environment)
        try #require(result.status == 0, "\(arguments): \(result.said)\n\(logs)")
    }
}
