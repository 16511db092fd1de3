import Foundation
import Testing

extension ProcessTests {
    /// The main job, from a request to a proof that needs no server.
    @Suite(.serialized, .runningStack)
    struct Spine {
        let stack: Stack
        let api: API

        init() throws {
            stack = try #require(Stack.current)
            api = stack.api
        }

        private func uniqueEmail() -> String {
            "spine-\(UUID().uuidString.lowercased())@example.com"
        }

        @Test func receiptOfAMutationVerifiesWithoutTheServer() async throws {
            let reply = try await api.create(email: uniqueEmail())
            try #require(reply.status == 201, "\(reply.text)")
            let id = try #require(reply.json?["id"]?.string)
            #expect(reply.json?["createdAt"]?.string != nil)
            #expect(reply.headers.first(name: "Location") == "/api/v1/contacts/\(id)")
            let index = try #require(reply.json?["receipt"]?["index"]?.number)
            #expect(reply.json?["receipt"]?["leafHash"]?.string?.count == 64)
            #expect(try #require(reply.json?["receipt"]?["treeSize"]?.number) > index)

            // The Link says where the full receipt is, and it is there at once.
            let link = try #require(reply.headers.first(name: "Link"))
            let path = try #require(link.split(separator: "<").last?.split(separator: ">").first)
            let receipt = try await api.get(String(path), token: api.auditor)
            try #require(receipt.status == 200, "\(receipt.text)")

            let file = stack.home.directory + "/one.tlog-proof"
            try Data(receipt.body).write(to: URL(fileURLWithPath: file))
            let verified = try stack.home.verify([file])
            #expect(verified.status == 0, "\(verified.said)")

            // The same receipt with one hash changed must not.
            var lines = receipt.text.components(separatedBy: "\n")
            let hash = try #require(lines.lastIndex { $0.count == 44 && $0.hasSuffix("=") })
            lines[hash] = Data(repeating: 7, count: 32).base64EncodedString()
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: file))
            #expect(try stack.home.verify([file]).status != 0)
        }

        @Test func contactReadsBackAsItWasWritten() async throws {
            let email = uniqueEmail()
            let created = try await api.create(email: email, name: "Ξενοφών Παπαδόπουλος")
            let id = try #require(created.json?["id"]?.string, "\(created.text)")
            let read = try await api.get("/api/v1/contacts/\(id)")
            #expect(read.status == 200)
            #expect(read.json?["email"]?.string == email)
            #expect(read.json?["fullName"]?.string == "Ξενοφών Παπαδόπουλος")

            // Search folds what the canonical form folds, and nothing else matches.
            let found = try await api.find(email: email.uppercased())
            #expect(found.found.compactMap { $0["id"]?.string } == [id], "\(found.text)")
            #expect(try await api.find(email: "x" + email).found.isEmpty)
            #expect(
                try await api.get("/api/v1/contacts/\(UUID().uuidString.lowercased())").status
                    == 404)
        }

        @Test(arguments: [("s1/i1", 200), ("s2:c7/i0", 200), ("s0/i1", 404), ("s1/i2", 404)])
        func aContactAboveTheClearanceIsNotThere(_ clearance: String, _ status: Int) async throws {
            let created = try await api.create(email: uniqueEmail())
            let id = try #require(created.json?["id"]?.string, "\(created.text)")
            let token = try stack.home.token("dpo", clearance: clearance)
            let read = try await api.get("/api/v1/contacts/\(id)", token: token)
            #expect(read.status == status, "\(read.text)")
        }

        @Test func anImportOfAFileWithEmptyLinesComesToItsEnd() throws {
            let path = stack.home.directory + "/import.ndjson"
            let lines = (0..<2).map { number in
                #"{"op":"createContact","idempotencyKey":"\#(UUID().uuidString)","body":"#
                    + API.contact(email: uniqueEmail(), name: "N \(number)") + "}"
            }
            try Data("\n\(lines[0])\n\r\n\(lines[1])\r\n\n".utf8)
                .write(to: URL(fileURLWithPath: path))
            for figures in ["2 written", "2 already there"] {
                let run = try stack.home.chancery("import", path)
                #expect(run.status == 0, "\(run.said)")
                #expect(run.output.contains(figures), "\(run.said)")
            }
        }

        @Test func duplicateEmailIsRefused() async throws {
            let email = uniqueEmail()
            #expect(try await api.create(email: email).status == 201)
            let second = try await api.create(email: email.uppercased(), name: "Somebody Else")
            #expect(second.status == 409, "\(second.text)")
            #expect(
                second.headers.first(name: "Content-Type")?.hasPrefix("application/problem+json")
                    == true)
            #expect(try await api.find(email: email).found.count == 1)
        }

        @Test func sameKeyAndBodyGiveTheOriginalAnswerAndAnotherBodyIsRefused() async throws {
            let email = uniqueEmail()
            let key = "spine-" + UUID().uuidString
            let first = try await api.create(email: email, key: key)
            let again = try await api.create(email: email, key: key)
            #expect(first.status == 201 && again.status == 201, "\(first.text) \(again.text)")
            for member in ["id", "createdAt"] {
                #expect(first.json?[member] == again.json?[member])
            }
            for member in ["index", "leafHash"] {
                #expect(first.json?["receipt"]?[member] == again.json?["receipt"]?[member])
            }
            let other = try await api.create(email: uniqueEmail(), key: key)
            #expect((400..<500).contains(other.status), "\(other.text)")
        }

        @Test func bulkOfThreeHundredLinesIsAnsweredInOrder() async throws {
            let run = UUID().uuidString.lowercased()
            var lines: [String] = []
            for number in 0..<150 {
                lines.append(
                    #"{"op":"createContact","idempotencyKey":"\#(run)-\#(number)","ref":"r\#(number)","body":"#
                        + API.contact(email: "bulk-\(number)-\(run)@example.net") + "}")
                if number.isMultiple(of: 3) {
                    lines.append(
                        #"{"op":"addAttributes","idempotencyKey":"\#(run)-\#(number)-a","ref":"r\#(number)","body":{"attributes":"#
                            + #"[{"attributeType":"jobTitle","value":"営業部長","confidence":0.9,"sourceType":"VENDOR","#
                            + #""sourceIdentity":"acme-enrich"}]}}"#)
                }
                if !number.isMultiple(of: 3) {
                    lines.append(
                        #"{"op":"grantConsent","idempotencyKey":"\#(run)-\#(number)-c","ref":"r\#(number)","body":"#
                            + #"{"consentType":"EXPLICIT_OPT_IN","legalBasis":"GDPR_ART6_1A","purposeCodes":["events"]}}"#
                    )
                }
            }
            #expect(lines.count == 300)
            let reply = try await api.mutate(lines)
            try #require(reply.status == 200, "\(reply.text)")
            let results = reply.lines
            #expect(results.compactMap { $0["line"]?.number } == Array(1...300))
            for (line, result) in zip(lines, results) {
                #expect((200..<300).contains(result["status"]?.number ?? 0), "\(line) → \(result)")
            }
            let id = try #require(results.first?["id"]?.string)
            let contact = try await api.get("/api/v1/contacts/\(id)")
            #expect(contact.text.contains("営業部長"), "\(contact.text)")

            let again = try await api.mutate(lines)
            #expect(again.lines.count == 300)
            #expect(again.lines.allSatisfy { $0["replayed"]?.bool == true })
            #expect(again.lines.map { $0["id"] } == results.map { $0["id"] })
        }

        @Test(arguments: BadRequest.all)
        func badInputIsRefusedWithAProblem(bad: BadRequest) async throws {
            let reply = try await api.send(
                .POST, "/api/v1/contacts", token: api.platform,
                headers: ["Content-Type": "application/json", "X-Purpose": "sales"], body: bad.body)
            #expect(
                (400..<500).contains(reply.status),
                "\(bad.name): \(reply.status) \(reply.text.prefix(300))")
            #expect(
                reply.json?["code"]?.string?.isEmpty == false,
                "\(bad.name): \(reply.text.prefix(300))")
        }

        @Test func withoutTheRightTokenNothingIsServed() async throws {
            let body = Array(API.contact(email: uniqueEmail()).utf8)
            let headers = ["Content-Type": "application/json", "X-Purpose": "sales"]
            for token in [nil, "x.y.z", api.platform + "x"] {
                let reply = try await api.send(
                    .POST, "/api/v1/contacts", token: token, headers: headers, body: body)
                #expect(reply.status == 401)
            }
            let wrongRole = try await api.send(
                .POST, "/api/v1/contacts", token: api.auditor, headers: headers, body: body)
            #expect(wrongRole.status == 403)
            #expect(
                try await api.get("/api/v1/ledger/entries/0", token: api.platform).status == 403)
            #expect(
                try await api.send(.POST, "/api/v1/ledger/seal", token: api.platform, body: [])
                    .status == 403)
        }

        @Test func sealedLedgerVerifiesHereAndInPython() async throws {
            #expect(try await api.create(email: uniqueEmail()).status == 201)
            let sealed = try stack.home.chancery("seal")
            try #require(sealed.status == 0, "\(sealed.said)\n\(stack.home.logs)")
            #expect(try await api.create(email: uniqueEmail()).status == 201)
            try stack.requireVerified("after a seal")
            let python = try Program.run(
                Repository.python,
                [Repository.pythonVerifier, stack.home.ledger, "--trust", stack.home.trust])
            #expect(python.status == 0, "\(python.said)")
        }

        @Test func statusTellsFigures() async throws {
            let before = try #require(JSON(try stack.home.chancery("status", "--json").output.utf8))
            let created = try await api.create(email: uniqueEmail())
            let treeSize = try #require(created.json?["receipt"]?["treeSize"]?.number)
            let status = try stack.home.chancery("status", "--json")
            #expect(status.status == 0, "\(status.said)")
            let report = try #require(JSON(status.output.utf8))
            #expect(report["ready"]?.bool == true)

            // As the daemons themselves wrote them.
            let pids = try stack.home.pids()
            for daemon in ["chancery-keeper", "chancery-ledger", "chancery-gateway"] {
                let file = stack.home.root + "/run/\(daemon).pid"
                let written = try String(contentsOfFile: file, encoding: .utf8)
                let first = written.split(separator: "\n").first.map(String.init)
                #expect(first != nil && first == pids[daemon].map { "\($0)" }, "\(daemon)")
            }

            // The create was the last to append anything.
            let size = try #require(report["ledger"]?["size"]?.number)
            #expect(size == treeSize)
            #expect(report["ledger"]?["signedSize"]?.number == size)
            #expect(report["keeper"]?["treeSize"]?.number == size)
            #expect(report["keeper"]?["tpm"]?.string?.isEmpty == false)
            let checkpoint = try #require(report["ledger"]?["lastCheckpoint"]?.string)
            #expect(checkpoint > before["ledger"]?["lastCheckpoint"]?.string ?? "")

            var space = statvfs()
            try #require(statvfs(stack.home.root, &space) == 0)
            let free = Int(space.f_bavail * UInt(space.f_frsize))
            let told = try #require(report["disk"]?["free"]?.number)
            #expect(abs(told - free) < 4 << 30, "others use the disk, too")
            for part in ["ledger", "views", "keys"] {
                let files = try FileManager.default.subpathsOfDirectory(
                    atPath: stack.home.root + "/" + part)
                #expect(!files.isEmpty)
                #expect(try #require(report["disk"]?[part]?.number) > 4_096, "\(part)")
            }
        }

        @Test func upOnARunningStackChangesNothing() throws {
            let before = try stack.home.pids()
            #expect(try stack.home.chancery("up").status == 0)
            #expect(try stack.home.pids() == before)
        }

        /// Else whoever waits for the end of a pipe that was open at `chancery up` waits for the daemons.
        @Test func daemonsKeepNothingOpenOfWhoStartedThem() throws {
            let open = stack.home.directory + "/left-open"
            try stack.home.killNine(try stack.home.pids()["chancery-gateway"])
            let up = try Program.run(
                "/bin/sh",
                ["-c", #"exec 9>> "$0"; exec "$@""#, open, Repository.program("chancery"), "up"],
                environment: stack.home.environment)
            try #require(up.status == 0, "\(up.said)")
            #expect(FileManager.default.fileExists(atPath: open))
            let pid = try #require(try stack.home.pids()["chancery-gateway"])
            let descriptors = "/proc/\(pid)/fd"
            let names = try FileManager.default.contentsOfDirectory(atPath: descriptors)
            #expect(names.count > 3)
            for name in names {
                let file = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: descriptors + "/" + name)
                #expect(file != open)
            }
        }

        @Test func rebuiltProjectionsGiveTheSameAnswers() async throws {
            var ids: [String] = []
            var emails: [String] = []
            for _ in 0..<5 {
                let email = uniqueEmail()
                let reply = try await api.create(email: email)
                ids.append(try #require(reply.json?["id"]?.string))
                emails.append(email)
            }
            let key = "rebuild-" + UUID().uuidString
            let keyedEmail = uniqueEmail()
            let keyed = try await api.create(email: keyedEmail, key: key)
            let index = try #require(keyed.json?["receipt"]?["index"]?.number)
            let before = try await answers(ids: ids, emails: emails, index: index)

            let rebuild = try stack.home.chancery("rebuild")
            try #require(rebuild.status == 0, "\(rebuild.said)\n\(stack.home.logs)")
            #expect(try await answers(ids: ids, emails: emails, index: index) == before)
            // Unique values and idempotency are projections too.
            #expect(try await api.create(email: emails[0]).status == 409)
            let again = try await api.create(email: keyedEmail, key: key)
            #expect(again.status == 201, "\(again.text)")
            for member in ["id", "createdAt"] {
                #expect(again.json?[member] == keyed.json?[member])
            }
            for member in ["index", "leafHash"] {
                #expect(again.json?["receipt"]?[member] == keyed.json?["receipt"]?[member])
            }
            #expect(try await api.find(email: keyedEmail).found.count == 1)
            #expect(try await api.create(email: uniqueEmail(), key: key).status == 422)
            try stack.requireVerified("after a rebuild")
        }

        private func answers(ids: [String], emails: [String], index: Int) async throws -> [String] {
            var result: [String] = []
            for id in ids { result.append(try await api.get("/api/v1/contacts/\(id)").text) }
            for email in emails { result.append(try await api.find(email: email).text) }
            result.append(
                try await api.get("/api/v1/ledger/entries/\(index)", token: api.auditor).text)
            result.append(
                try await api.get(
                    "/api/v1/ledger/proofs/inclusion?index=\(index)&size=\(index + 1)",
                    token: api.auditor
                ).text)
            return result
        }
    }
}
