import Crypto
import Foundation
import Testing

extension ProcessTests {
    /// What the operator reads when something is in the way.
    @Suite struct StartErrors {
        @Test func takenPortIsNamedWithItsOwner() throws {
            let home = try TestHome()
            defer { home.remove() }
            let listener = try Listener()
            defer { listener.close() }
            let up = try home.chancery("up", "--port", String(listener.port))
            #expect(up.status != 0)
            #expect(up.errors.contains("\(listener.port)"), "\(up.said)")
            #expect(up.errors.contains("pid \(getpid())"), "\(up.said)")
            #expect(up.errors.contains("--port"), "\(up.said)")
        }

        @Test func missingSoftwareTPMIsNamedWithItsPackage() throws {
            let home = try TestHome()
            defer { home.remove() }
            let up = try home.chancery("up", environment: ["PATH": home.directory])
            #expect(up.status != 0)
            #expect(up.errors.contains("apt-get install swtpm"), "\(up.said)")
        }

        @Test func lostTPMStateIsNotReplacedByANewOne() throws {
            let home = try TestHome()
            defer { home.remove() }
            try FileManager.default.createDirectory(
                atPath: home.root + "/keys", withIntermediateDirectories: true)
            try Data([1]).write(to: URL(fileURLWithPath: home.root + "/keys/root.sealed"))
            let up = try home.chancery("up")
            #expect(up.status != 0)
            #expect(up.errors.contains(home.tpm), "\(up.said)")
            #expect(!FileManager.default.fileExists(atPath: home.tpm + "/tpm2-00.permall"))
        }

        @Test func tooLongAPathIsRefusedBeforeAnythingStarts() throws {
            let home = try TestHome()
            defer { home.remove() }
            let long = home.directory + "/" + String(repeating: "x", count: 100)
            let up = try home.chancery("up", environment: ["CHANCERY_HOME": long])
            #expect(up.status != 0)
            #expect(up.errors.contains("107"), "\(up.said)")
        }

        @Test(arguments: [",", "=", "#", "\n"])
        func pathThatTheSoftwareTPMCannotReadIsRefused(character: String) throws {
            let home = try TestHome()
            defer { home.remove() }
            let root = home.directory + "/a\(character)b/var"
            let up = try home.chancery(
                "up", environment: ["CHANCERY_HOME": root, "CHANCERY_TPM": nil])
            #expect(up.status != 0)
            #expect(up.errors.contains("--home"), "\(up.said)")
            #expect(!FileManager.default.fileExists(atPath: root))
        }

        /// The start goes as far as it can without swtpm: past the directories.
        private func upWithoutPrograms(_ home: TestHome) throws -> Program {
            let up = try home.chancery("up", environment: ["PATH": home.directory])
            #expect(up.status != 0)
            return up
        }

        @Test func existingDirectoryKeepsItsMode() throws {
            let home = try TestHome()
            defer { home.remove() }
            #expect(mkdir(home.root, 0o700) == 0 && chmod(home.root, 0o755) == 0)
            _ = try upWithoutPrograms(home)
            var info = stat()
            #expect(stat(home.root, &info) == 0 && info.st_mode & 0o777 == 0o755)
            #expect(stat(home.root + "/keys", &info) == 0 && info.st_mode & 0o777 == 0o700)
        }

        @Test func directoryThatOthersMayChangeIsWarnedOf() throws {
            let home = try TestHome()
            defer { home.remove() }
            #expect(mkdir(home.root, 0o700) == 0 && chmod(home.root, 0o777) == 0)
            #expect(try upWithoutPrograms(home).errors.contains("chmod go-w"))
        }

        @Test(.enabled(if: geteuid() == 0, "only root can make a directory of somebody else"))
        func somebodyElsesDirectoryIsRefused() throws {
            let home = try TestHome()
            defer { home.remove() }
            #expect(mkdir(home.root, 0o700) == 0 && chown(home.root, 65534, 65534) == 0)
            let up = try home.chancery("up")
            #expect(up.status != 0)
            #expect(up.errors.contains("belongs to user"), "\(up.said)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: home.root).isEmpty)
        }

        @Test(arguments: ["status", "down"])
        func readerThatWentAwayIsNoCrash(command: String) throws {
            let home = try TestHome()
            defer { home.remove() }
            let pipe = Pipe()
            try pipe.fileHandleForReading.close()
            let running = try RunningProgram(
                Repository.program("chancery"), [command], environment: home.environment,
                standardOutput: pipe.fileHandleForWriting)
            #expect(try running.result().status == (command == "status" ? 3 : 0))
        }

        @Test func tokenOfAnEmptyDirectoryNamesTheFirstStep() throws {
            let home = try TestHome()
            defer { home.remove() }
            let token = try home.chancery("token", "--subject", "a", "--role", "dpo")
            #expect(token.status != 0)
            #expect(token.errors.contains("chancery up"), "\(token.said)")
        }

        @Test(arguments: [
            (["--subject", "Jane Doe", "--role", "verifier"], "subject"),
            (["--subject", "a", "--role", "root"], "no role root"),
            (["--subject", "a", "--role", "dpo", "--ttl", "90d"], "90d"),
            (["--subject", "a", "--role", "dpo", "--clearance", "secret"], "secret"),
        ])
        func badTokenRequestIsRefused(arguments: [String], reason: String) throws {
            let home = try TestHome()
            defer { home.remove() }
            try FileManager.default.createDirectory(
                atPath: home.root + "/pki", withIntermediateDirectories: true)
            try Data(P384.Signing.PrivateKey().pemRepresentation.utf8)
                .write(to: URL(fileURLWithPath: home.root + "/pki/issuer.key"))
            // What is asked for is wrong, nothing else is.
            #expect(try home.token("verifier").split(separator: ".").count == 3)
            let token = try Program.run(
                Repository.program("chancery"), ["token"] + arguments, environment: home.environment
            )
            #expect(token.status != 0)
            #expect(token.output.isEmpty)
            #expect(token.errors.contains(reason), "\(token.said)")
        }
    }
}
