import Foundation
import Testing

/// `chancery backup` of a running ledger in which somebody was erased.
struct SweptBackup: SweptCommand {
    private let stack: Stack
    let verbs = ["chancery-ledger": "backup ", "chancery-keeper": "backup "]

    var home: TestHome { stack.home }
    private var target: String { home.directory + "/backup" }
    var arguments: [String] { ["backup", "--to", target] }

    init() throws { stack = try Stack.start() }

    func prepare() async throws { _ = try await FaultWork(stack: stack).run() }

    func reset() throws {
        if FileManager.default.fileExists(atPath: target) {
            try FileManager.default.removeItem(atPath: target)
        }
    }

    /// A half backup does not pass for a whole one, whatever its name.
    func isDone(_ comment: Comment) throws -> Bool {
        let partial = target + ".partial"
        if FileManager.default.fileExists(atPath: partial) {
            let taken = try restore(partial)
            if taken.status == 0 {
                try requireEverybody(comment)
            } else {
                #expect(taken.said.contains("is no backup"), "\(comment): \(taken.said)")
            }
        }
        return FileManager.default.fileExists(atPath: target)
    }

    func check(_ comment: Comment) async throws {
        #expect(!FileManager.default.fileExists(atPath: target + ".partial"), comment)
        let restored = try restore(target)
        try #require(restored.status == 0, "\(comment): \(restored.said)")
        try requireEverybody(comment)
        // The daemons took no notice.
        let created = try await stack.api.create(
            email: "\(UUID().uuidString.lowercased())@example.com")
        #expect(created.status == 201, "\(comment): \(created.text)")
        try stack.requireVerified(comment)
    }

    func stop() async { await stack.stop() }

    private var elsewhere: String { home.directory + "/elsewhere" }

    private func restore(_ backup: String) throws -> Program {
        try? FileManager.default.removeItem(atPath: elsewhere)
        return try home.chancery(
            "restore", "--from", backup, environment: ["CHANCERY_HOME": elsewhere])
    }

    /// With all of the ledger, which restoring verified.
    private func requireEverybody(_ comment: Comment) throws {
        for table in ["subject", "erased"] {
            let there = try TestHome.tags(table, inKeys: elsewhere + "/keys")
            #expect(try there == TestHome.tags(table, inKeys: home.root + "/keys"), comment)
            #expect(!there.isEmpty)
        }
        var copy = home
        copy.name = "elsewhere"
        #expect(try LedgerCensus(copy) == LedgerCensus(home), comment)
    }
}
