import Foundation
import Testing

extension ProcessTests {
    /// What a machine reads of the operator's command: one object on standard output, errors as one on standard error.
    @Suite(.serialized, .runningStack)
    struct JSONOutput {
        let stack: Stack
        let home: TestHome

        init() throws {
            stack = try #require(Stack.current)
            home = stack.home
        }

        private func object(_ arguments: [String], status: Int32 = 0) throws -> JSON {
            let result = try Program.run(
                Repository.program("chancery"), arguments + ["--json"],
                environment: home.environment)
            #expect(result.status == status, "\(arguments): \(result.said)")
            return try #require(JSON(result.output.utf8), "\(arguments): \(result.said)")
        }

        @Test func whatCommandsPrintForMachinesHasItsMembers() throws {
            try stack.up()
            let imported = try object(["import", Repository.root + "/Examples/contacts.ndjson"])
            #expect(imported["complete"]?.bool == true)
            #expect((imported["written"]?.number ?? 0) > 0)
            #expect(imported["examples"]?.array?.isEmpty == true)

            let sealed = try object(["seal"])
            #expect((sealed["count"]?.number ?? 0) > 0)
            #expect(sealed["manifestHash"]?.string?.count == 64)

            let keys = try object(["keys", "list"])
            #expect(keys["keys"]?.array?.contains { $0["use"]?.string == "checkpoint" } == true)
            #expect(keys["dayKeys"]?["count"]?.number != nil)

            let token = try object(["token", "--subject", "someone", "--role", "verifier"])
            #expect(token["token"]?.string?.split(separator: ".").count == 3)
            #expect(token["expiresIn"]?.number == 3_600)

            let certificate = try object([
                "client-cert", "issue", "--subject", "someone", "--out",
                home.directory + "/someone",
            ])
            #expect(certificate["thumbprint"]?.string?.count == 43)

            let policies = try object(["policy", "show"])
            #expect(policies["textHash"]?.string?.isEmpty == false)
            #expect(try object(["escrow", "status"])["issues"]?.array?.isEmpty == true)
            #expect(try object(["tpm", "status"])["problems"]?.array?.isEmpty == true)
            #expect(try object(["status"])["ready"]?.bool == true)
        }

        @Test func aBackupSaysHowFarItGoes() throws {
            try stack.up()
            let path = home.directory + "/for-machines"
            let made = try object(["backup", "--to", path])
            let again = try home.chancery("backup", "--to", path, "--json")
            #expect(again.status == 1)
            #expect(
                JSON(again.errors.utf8)?["error"]?["code"]?.string == "badInput", "\(again.said)")
            #expect(made["path"]?.string == path)
            #expect((made["bytes"]?.number ?? 0) > 0)
            #expect((made["treeSize"]?.number ?? 0) > 0)
            #expect((made["segments"]?.number ?? 0) > 0)
            try FileManager.default.removeItem(atPath: path)
        }

        /// In one step, while everything runs, with a backup beside it; what does not hold is named.
        @Test func logsAreVerifiedInOneStep() throws {
            try stack.up()
            let verified = try Program.run(
                Repository.program("chancery"), ["logs", "verify", "--json"],
                environment: home.environment)
            // Entries at the end may be behind the last checkpoint.
            #expect([0, 3].contains(verified.status), "\(verified.said)")
            let document = try #require(JSON(verified.output.utf8))
            #expect(document["format"]?.string == "chancery-verify/1")
            #expect(document["exitCode"]?.number.map { Int32($0) } == verified.status)

            let path = home.directory + "/evidence"
            #expect(try home.chancery("backup", "--to", path).status == 0)
            // A backup from before a rotation does not announce the keys that the data directory's trust file has by now.
            let rotated = try home.chancery("keys", "rotate", "checkpoint")
            #expect(rotated.status == 0, "\(rotated.said)")
            let backup = try home.chancery("logs", "verify", "--backup", path)
            #expect([0, 3].contains(backup.status), "\(backup.said)")
            #expect(backup.output.contains("CAUTION"))
            let misnamed = try home.chancery("logs", "verify", "--evidence", path + "/ledger")
            #expect(misnamed.status == 1)
            #expect(misnamed.errors.contains("--backup"), "\(misnamed.said)")
            let named = try Program.run(
                Repository.program("chancery"), ["doctor", "--json", "--backups", path],
                environment: home.environment)
            let findings = JSON(named.output.utf8)?["findings"]?.array ?? []
            let keys = findings.first { $0["name"]?.string == "backups.keys" }
            #expect(keys?["severity"]?.string == "error", "\(named.said)")

            let names = try FileManager.default.contentsOfDirectory(atPath: path + "/ledger")
            let segment = try #require(names.filter { $0.hasSuffix(".sqlite") }.min())
            let file = path + "/ledger/" + segment
            #expect(chmod(file, 0o600) == 0)
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file))
            try handle.write(contentsOf: Data(repeating: 0x58, count: 64))
            try handle.close()
            let damaged = try home.chancery("logs", "verify", "--backup", path)
            #expect(damaged.status == 1, "\(damaged.said)")
            #expect(damaged.said.contains(segment))
            try FileManager.default.removeItem(atPath: path)
        }

        @Test func errorsAreObjectsToo() throws {
            let refused = try home.chancery(
                "token", "--subject", "someone", "--role", "nobody", "--json")
            #expect(refused.status == 1)
            let error = try #require(JSON(refused.errors.utf8)?["error"], "\(refused.said)")
            #expect(error["code"]?.string == "badInput")
            #expect(error["message"]?.string?.contains("nobody") == true)
            #expect(error["next"]?.string?.isEmpty == false)
            #expect(refused.output.isEmpty)

            let usage = try home.chancery("status", "--no-such-option", "--json")
            #expect(usage.status == 64)
            #expect(JSON(usage.errors.utf8)?["error"]?["code"]?.string == "usage", "\(usage.said)")
        }
    }
}
