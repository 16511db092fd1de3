import Foundation
import Testing

extension ProcessTests {
    /// Backups of running daemons, and the way back when the TPM is gone.
    @Suite(.serialized, .runningStack)
    struct Escrow {
        let stack: Stack
        let api: API
        let home: TestHome
        fileprivate let files = FileManager.default
        fileprivate var directory: String { home.directory + "/escrow" }

        init() throws {
            stack = try #require(Stack.current)
            api = stack.api
            home = stack.home
        }

        fileprivate func create(_ name: String) async throws -> String {
            let reply = try await api.create(
                email: "\(name)-\(UUID().uuidString.lowercased())@example.com")
            return try #require(reply.json?["id"]?.string, "\(reply.text)")
        }

        fileprivate func done(_ arguments: String...) throws -> String {
            let result = try Program.run(
                Repository.program("chancery"), arguments, environment: home.environment)
            try #require(result.status == 0, "\(arguments): \(result.said)")
            return result.said
        }

        fileprivate func refused(_ words: String, _ arguments: String...) throws {
            let result = try Program.run(
                Repository.program("chancery"), arguments, environment: home.environment)
            #expect(result.status != 0)
            #expect(result.said.contains(words), "\(arguments): \(result.said)")
        }

        fileprivate func key(_ name: String) -> String { home.directory + "/" + name }

        /// Every contact in a copy of the segments has its key in the keystore beside it.
        fileprivate func requireKeys(of backup: String) throws {
            let keys = backup + "/keys"
            let known = try TestHome.tags("subject", inKeys: keys).union(
                TestHome.tags("erased", inKeys: keys))
            var contacts = 0
            for name in try files.contentsOfDirectory(atPath: backup + "/ledger")
            where name.hasSuffix(".sqlite") {
                for header in try Evidence.all(
                    Data.self, "\(backup)/ledger/\(name)", "SELECT header FROM entry")
                {
                    let json = try #require(JSON(header))
                    guard json["type"]?.string == "ContactCreated",
                        let subject = json["subject"]?.string
                    else { continue }
                    contacts += 1
                    #expect(known.contains(subject))
                }
            }
            #expect(contacts > 0)
        }

        @Test func aBackupOfARunningLedgerHasTheKeysOfAllThatIsInIt() async throws {
            _ = try await create("first")
            let writing = Task {
                while !Task.isCancelled {
                    _ = try? await api.create(email: "\(UUID().uuidString)@example.com")
                }
            }
            defer { writing.cancel() }
            for round in 1...3 {
                if round > 1 { _ = try home.chancery("seal") }
                let backup = home.directory + "/live-\(round)"
                _ = try done("backup", "--to", backup)
                try requireKeys(of: backup)
                #expect(!files.fileExists(atPath: backup + ".partial"))
                try refused("is there already", "backup", "--to", backup)
            }
            try refused("inside the data directory", "backup", "--to", home.root + "/copy")
        }

        /// The rotation comes right after the segments were copied, the first time.
        @Test func aBackupAcrossARotationIsOfOneMoment() async throws {
            _ = try await create("first")
            let (chancery, ledger) = (
                Repository.program("chancery"), Repository.program("chancery-ledger")
            )
            let once = home.directory + "/rotated"
            let programs = try TracedPrograms(home)
            try programs.install(
                """
                '\(ledger)' "$@" || exit
                [ "$1" = backup ] && mkdir '\(once)' 2> /dev/null && exec '\(chancery)' keys rotate checkpoint
                exit 0
                """, as: "chancery-ledger")
            let backup = home.directory + "/across"
            let made = try Program.run(
                programs.command, ["backup", "--to", backup], environment: home.environment)
            try #require(made.status == 0, "\(made.said)")
            #expect(made.said.contains("beginning again"), "\(made.said)")
            try requireKeys(of: backup)
            let verified = try Program.run(
                Repository.program("chancery-verify"),
                [backup + "/ledger", "--trust", backup + "/trust.json"])
            #expect([0, 3].contains(verified.status), "\(verified.said)")
        }
    }

    // On stacks of their own: the data directory, or the machine, does not survive.

    @Suite(.serialized, .runningStack)
    struct RestoredBackup {
        @Test func aBackupOfTheLastMomentGoesOnUnderItsTPM() async throws {
            try await Escrow().lastMoment()
        }
    }

    @Suite(.serialized, .runningStack)
    struct DeadTPM {
        @Test func kOfNHoldersBringEverybodyBackButTheErased() async throws {
            try await Escrow().wholeStory()
        }
    }
}

extension ProcessTests.Escrow {
    fileprivate func wholeStory() async throws {
        // Three holders, two of whom are needed, and somebody else.
        for name in ["h1", "h2", "h3", "stranger"] {
            _ = try done("escrow", "key", "--out", key(name))
        }
        let setup = [
            "escrow", "setup", "--threshold", "2", "--holder", key("h1.pub"), "--holder",
            key("h2.pub"), "--holder", key("h3.pub"), "--to",
        ]
        func setUp(_ to: String) throws -> Program {
            try Program.run(
                Repository.program("chancery"), setup + [to], environment: home.environment)
        }
        #expect(try setUp(directory).said.contains("chancery down"))
        _ = try done("down")
        #expect(try setUp(home.root + "/escrow").said.contains("inside the data directory"))
        let made = try setUp(directory)
        try #require(made.status == 0, "\(made.said)")
        _ = try done("up")

        let (ada, bob) = (try await create("ada"), try await create("bob"))
        let old = home.directory + "/old"
        _ = try done("backup", "--to", old)
        let officer = api.officer
        let reply = try await api.send(.DELETE, "/api/v1/contacts/\(ada)", token: officer)
        try #require(reply.status == 200, "\(reply.text)")
        let epoch = try #require(reply.json?["epochAfter"]?.number)
        let expected: Set = ["escrow.marker", "escrow-\(epoch)", "keystore-\(epoch).sqlite"]
        var found: Set<String> = []
        for _ in 0..<200 where found != expected {
            try await Task.sleep(for: .milliseconds(50))
            found = Set(try FileManager.default.contentsOfDirectory(atPath: directory))
        }
        #expect(found == expected)
        #expect(try done("status").contains("epoch \(epoch), 2 of 3 recovery keys open it"))
        let history = try done("escrow", "status")
        #expect(
            history.contains("epoch \(epoch - 1)") && history.contains("destroyed"), "\(history)")

        try await refuseRotation()
        let eve = try await create("eve")
        let backup = home.directory + "/backup"
        _ = try done("backup", "--to", backup)
        let kept = try TestHome.tags("subject", inKeys: backup + "/keys")
        #expect(kept.count == 2)

        // The machine is gone, and its TPM with it.
        _ = try done("down")
        try FileManager.default.moveItem(atPath: home.root, toPath: home.root + ".away")
        try FileManager.default.removeItem(atPath: home.tpm)
        let file = "\(directory)/escrow-\(epoch)"
        #expect(
            try done("escrow", "check", "--escrow", file, "--key", key("h3"), "--key", key("h1"))
                .contains("opens"))
        try refused(
            "needs 2 of its 3", "restore", "--from", backup, "--escrow", file, "--key", key("h1"))
        try refused(
            "holds no share", "restore", "--from", backup, "--escrow", file, "--key", key("h1"),
            "--key", key("stranger"))
        try refused(
            "older than the escrow", "restore", "--from", old, "--escrow", file, "--key", key("h1"),
            "--key", key("h2"))
        try refuseDamaged(backup, file)
        #expect(!FileManager.default.fileExists(atPath: home.root))
        #expect(!FileManager.default.fileExists(atPath: home.root + ".restoring"))

        let restored = try done(
            "restore", "--from", backup, "--escrow", file, "--key", key("h3"), "--key", key("h2"))
        #expect(restored.contains("2 subject keys"), "\(restored)")
        #expect(restored.contains("chancery recover"))
        #expect(try TestHome.tags("subject", inKeys: home.root + "/keys") == kept)
        #expect(try TestHome.tags("erased", inKeys: home.root + "/keys").count == 1)
        try refused("chancery recover", "up")
        _ = try home.chancery("down", "--force")
        #expect([0, 3].contains(try home.verify().status))
        try await goOn(erased: ada, known: [bob, eve])
    }

    /// While the medium is away: the keystore's copy beside the escrow would lack the successor.
    private func refuseRotation() async throws {
        try files.moveItem(atPath: directory, toPath: directory + ".away")
        var status = ""
        for _ in 0..<200 where !status.contains("\(directory)") {
            try await Task.sleep(for: .milliseconds(50))
            status = try done("status")
        }
        try refused("while the escrow waits", "keys", "rotate", "checkpoint")
        // Nor does the keeper, whoever asks.
        let reply = try await api.send(
            .POST, "/api/v1/keys/checkpoint/rotate",
            token: api.operatorToken)
        #expect(reply.status == 503, "\(reply.text)")
        try files.moveItem(atPath: directory + ".away", toPath: directory)
        for _ in 0..<200 where status.contains("\(directory)") {
            try await Task.sleep(for: .milliseconds(50))
            status = try done("status")
        }
    }

    /// In the next generation, under the new TPM: everybody but the erased is there, and an auditor follows.
    private func goOn(erased: String, known: [String]) async throws {
        let recovered = try done("recover", "--reason", "the TPM died")
        #expect(recovered.contains("no signed entry is known to be lost"), "\(recovered)")
        _ = try done("up")
        // With certificates and tokens of its own.
        let api = try API(home)
        var statuses: [Int] = []
        for id in [erased] + known {
            statuses.append(try await api.get("/api/v1/contacts/\(id)").status)
        }
        statuses.append(try await api.create(email: "zoe@example.com").status)
        await api.shutdown()
        #expect(statuses == [404, 200, 200, 201])
        _ = try done("seal")
        try stack.requireVerified("under another TPM")
        #expect(try home.verify().output.contains("the TPM died"))
    }

    /// Nothing was signed since: it goes on as if nothing had been.
    fileprivate func lastMoment() async throws {
        _ = try await create("ada")
        _ = try done("down")
        let backup = home.directory + "/still"
        _ = try done("backup", "--to", backup)
        let before = try TestHome.tags("subject", inKeys: home.root + "/keys")
        try files.moveItem(atPath: home.root, toPath: home.root + ".away")
        _ = try done("restore", "--from", backup)
        try refused("not empty", "restore", "--from", backup)
        #expect(try TestHome.tags("subject", inKeys: home.root + "/keys") == before)
        _ = try done("up")
        try stack.requireVerified("after a restore")
    }

    private func refuseDamaged(_ backup: String, _ escrow: String) throws {
        let damaged = home.directory + "/damaged"
        try FileManager.default.copyItem(atPath: backup, toPath: damaged)
        let path = URL(fileURLWithPath: damaged + "/keys/keystore.sqlite")
        var bytes = try Data(contentsOf: path)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: path)
        try refused(
            "keystore.sqlite is not what the backup wrote", "restore", "--from", damaged,
            "--escrow",
            escrow, "--key", key("h1"), "--key", key("h2"))
    }
}
