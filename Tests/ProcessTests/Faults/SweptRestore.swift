import Foundation
import Testing

/// `chancery restore` with an escrow, under a TPM that never saw the directory.
struct SweptRestore: SweptCommand {
    private let stack: Stack
    private var erased = ""
    private var known: [String] = []
    private var escrow = ""
    let verbs = ["chancery-ledger": "orders ", "chancery-keeper": "restore "]

    var home: TestHome { stack.home }
    private var backup: String { home.directory + "/backup" }
    private var holders: [String] { ["ada", "bob"].map { home.directory + "/" + $0 } }
    /// Of the escrow's directory and of the TPM, which a recovery changes.
    private var image: String { home.directory + "/image" }
    private var directory: String { home.directory + "/escrow" }

    var arguments: [String] {
        ["restore", "--from", backup, "--escrow", escrow] + holders.flatMap { ["--key", $0] }
    }

    init() throws { stack = try Stack.start() }

    mutating func prepare() async throws {
        for holder in holders { try home.require("escrow", "key", "--out", holder) }
        try home.require("down")
        try home.require(
            "escrow", "setup", "--threshold", "2", "--holder", holders[0] + ".pub", "--holder",
            holders[1] + ".pub", "--to", directory)
        try stack.up()
        for _ in 1...3 {
            let reply = try await stack.api.create(
                email: "\(UUID().uuidString.lowercased())@example.com")
            known.append(try #require(reply.json?["id"]?.string, "\(reply.text)"))
        }
        erased = known.removeFirst()
        let officer = stack.api.officer
        let reply = try await stack.api.send(
            .DELETE, "/api/v1/contacts/\(erased)", token: officer)
        let epoch = try #require(reply.json?["epochAfter"]?.number, "\(reply.text)")
        escrow = "\(directory)/escrow-\(epoch)"
        for _ in 0..<600 where !FileManager.default.fileExists(atPath: escrow) {
            try await Task.sleep(for: .milliseconds(50))
        }
        try home.require("down")
        try home.require("backup", "--to", backup)
        try FileManager.default.createDirectory(
            atPath: image, withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: directory, toPath: image + "/escrow")
        try home.manufactureTPM(at: image + "/tpm")
    }

    func reset() throws {
        try home.require("down", "--force")
        for path in [home.root, home.root + ".restoring", home.tpm, directory]
        where FileManager.default.fileExists(atPath: path) {
            try FileManager.default.removeItem(atPath: path)
        }
        try TestHome.copy(image + "/escrow", to: directory)
        try TestHome.copy(image + "/tpm", to: home.tpm)
    }

    /// The name tells: a directory that has it is whole, and says what comes next.
    func isDone(_ comment: Comment) throws -> Bool {
        FileManager.default.fileExists(atPath: home.root + "/keys")
    }

    func check(_ comment: Comment) async throws {
        #expect(!FileManager.default.fileExists(atPath: home.root + ".restoring"), comment)
        try home.requireOnlyOurCounters(comment)
        try home.require("recover", "--reason", "a sweep")
        try home.requireOnlyOurCounters(comment)
        #expect(!FileManager.default.fileExists(atPath: home.root + "/keys/adopting"), comment)
        try stack.up()
        let api = try API(home)
        var statuses: [Int] = []
        for id in [erased] + known {
            statuses.append(try await api.get("/api/v1/contacts/\(id)").status)
        }
        let email = "\(UUID().uuidString.lowercased())@example.com"
        statuses.append(try await api.create(email: email).status)
        await api.shutdown()
        #expect(statuses == [404, 200, 200, 201], comment)
        try home.require("down")
        let verified = try home.verify()
        #expect(verified.status == 0, "\(comment): \(verified.said)")
    }

    func stop() async { await stack.stop() }
}
