import ContactModel
import Crypto
import Foundation
import LedgerFormat
import Projections
import Testing

@testable import LedgerStore

/// Policies are entries, and those in force at any moment follow from the entries before it.
@Suite(.timeLimit(.minutes(3))) struct PolicyTests {
    private static func event(_ text: String, expected: UInt64? = nil) -> PolicySetActivated {
        PolicySetActivated(
            certificate: Data([1]), expected: expected, salt: Salt.random(), signature: "s",
            signatureInput: "i", text: text,
            textHash: LowerHex.encode(Data(SHA256.hash(data: Data(text.utf8)))))
    }

    private func set(
        _ text: String, _ ledger: Ledger, expected: UInt64? = nil
    ) async throws -> PolicySetRecord {
        try await ledger.setPolicies(
            Self.event(text, expected: expected), actor: "administrator-1", requestID: "r")
    }

    /// nil: none had been set.
    private func text(
        _ ledger: Ledger, at index: UInt64, of generation: UInt64? = nil
    ) throws -> String? {
        try ledger.policiesInForce(at: index, of: generation).map { try ledger.text(of: $0).text }
    }

    private func inForce(_ ledger: Ledger) throws -> String? {
        try ledger.policiesInForce().map { try ledger.text(of: $0).text }
    }

    private func audit(_ index: UInt64, _ ledger: Ledger) throws -> AuditEvent {
        try EventCoding.decode(AuditEvent.self, from: ledger.entry(at: index).payload)
    }

    @Test func eachChangeIsAnEntryWithTheTextAndItsAudit() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        #expect(try ledger.policiesInForce() == nil)
        let record = try await set("// é\n", ledger, expected: 0)
        let header = try EntryHeader(canonical: ledger.entry(at: record.index).header)
        #expect(header.stream == .policy && header.type == PolicySetActivated.type)
        #expect(header.actor == "administrator-1" && header.subject == nil)
        let event = try EventCoding.decode(
            PolicySetActivated.self, from: ledger.entry(at: record.index).payload)
        #expect(event.text == "// é\n" && event.expected == 0)
        #expect(event.signature == "s" && event.signatureInput == "i")
        let audit = try audit(record.index + 1, ledger)
        #expect(audit.action == "policy.set" && audit.outcome == .allowed)
        #expect(audit.principal == "administrator-1" && audit.requestId == "r")
        #expect(try ledger.policiesInForce() == record)
        #expect(try ledger.text(of: record).actor == "administrator-1")
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func thoseOfAnyMomentAreShownAlsoAfterARebuild() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        let first = try await set("first", ledger)
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("bob")))
        _ = try await ledger.seal(actor: "operator", requestID: "r")
        let second = try await set("second", ledger, expected: first.version)
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("eve")))
        for isRebuilt in [false, true] {
            if isRebuilt {
                await ledger.close(sealing: false)
                _ = try await Ledger.rebuild(
                    fixture.configuration(), signer: fixture.signer, reindexer: fixture.signer)
                ledger = try await fixture.open()
            }
            #expect(try text(ledger, at: 0) == nil)
            #expect(try text(ledger, at: first.index - 1) == nil)
            #expect(try text(ledger, at: first.index) == "first")
            #expect(try text(ledger, at: second.index - 1) == "first")
            #expect(try text(ledger, at: second.index) == "second")
            #expect(try text(ledger, at: ledger.signedSize - 1) == "second")
            #expect(try inForce(ledger) == "second")
            let size = ledger.signedSize
            let error = #expect(throws: LedgerStoreError.self) { try text(ledger, at: size) }
            #expect(error?.code == .notFound)
        }
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// What was set behind the copy is lost with it; what was set before stays in force, and is told of the generation it stands in.
    @Test func anotherGenerationGoesOnWithThem() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        let first = try await set("first", ledger)
        let second = try await set("second", ledger)
        await ledger.close(sealing: false)
        let kept = fixture.root + "/kept"
        try FileManager.default.copyItem(atPath: fixture.ledgerPath, toPath: kept)
        ledger = try await fixture.open()
        _ = try await set("lost", ledger)
        await ledger.close(sealing: false)
        try FileManager.default.removeItem(atPath: fixture.ledgerPath)
        try FileManager.default.moveItem(atPath: kept, toPath: fixture.ledgerPath)
        let report = try await Ledger.recover(
            fixture.configuration(), reason: "the disk died", signer: fixture.signer,
            ender: fixture.signer, reindexer: fixture.signer)
        #expect(report?.begun == 2)

        ledger = try await fixture.open()
        #expect(try inForce(ledger) == "second")
        #expect(try ledger.policiesInForce()?.generation == 1)
        #expect(try text(ledger, at: 0) == "second")
        #expect(try text(ledger, at: first.index, of: 1) == "first")
        #expect(try text(ledger, at: first.index - 1, of: 1) == nil)
        // Versions go on: one of the generation before is told from one of this.
        let third = try await set("third", ledger, expected: second.version)
        #expect(third.generation == 2 && third.version > second.version)
        #expect(third.version == (report?.size ?? 0) + third.index)
        #expect(try inForce(ledger) == "third")
        #expect(try text(ledger, at: second.index, of: 1) == "second")
        #expect(try text(ledger, at: third.index - 1) == "second")
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func whoKnowsOthersReplacesNoneAndThatIsOnRecord() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let first = try await set("first", ledger, expected: 0)
        for expected in [0, first.version + 1] {
            let size = ledger.signedSize
            await #expect {
                _ = try await set("second", ledger, expected: expected)
            } throws: {
                ($0 as? LedgerStoreError)?.code == .conflict
            }
            // The audit entry alone.
            #expect(ledger.signedSize == size + 1)
            let audit = try audit(size, ledger)
            #expect(audit.action == "policy.set" && audit.outcome == .refused)
            #expect(audit.reason == "conflict")
        }
        #expect(try inForce(ledger) == "first")
        await ledger.close()
    }

    /// Both know the same; whoever is decided first wins, in one group or in two.
    @Test func ofTwoAtOnceOneIsRefused() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let outcomes = await withTaskGroup(of: String?.self) { group in
            for name in (0..<8).map(String.init) {
                group.addTask {
                    do {
                        _ = try await set(name, ledger, expected: 0)
                        return name
                    } catch {
                        #expect((error as? LedgerStoreError)?.code == .conflict)
                        return nil
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let winners = outcomes.compactMap(\.self)
        #expect(winners.count == 1)
        #expect(try inForce(ledger) == winners.first)
        await ledger.close()
    }

    @Test(arguments: CrashTests.appendPoints)
    func aKillLeavesTheChangeWholeOrNone(point: FaultPoint) async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let first = try await set("first", ledger)
        let captured = fixture.imageOnce(at: point)
        _ = try await set("second", ledger, expected: first.version)
        await ledger.close()

        let image = try #require(captured.fixture)
        let recovered = try await image.open()
        #expect(try inForce(recovered) == (point == .beforeCommit ? "first" : "second"))
        // Who asks again finds out which.
        if point == .beforeCommit {
            _ = try await set("second", recovered, expected: first.version)
        } else {
            await #expect(throws: LedgerStoreError.self) {
                _ = try await set("second", recovered, expected: first.version)
            }
        }
        #expect(try inForce(recovered) == "second")
        await recovered.close()
        try await image.check(unsignedTail: 0)
    }

    /// Reported as failed and there all the same.
    @Test func aChangeThatFailedBehindTheCommitPointSaysSo() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        fixture.failOnce(at: .committed)
        await #expect {
            _ = try await set("first", ledger)
        } throws: {
            ($0 as? LedgerStoreError)?.mayHaveRun == true
        }
        _ = try await untilWritable { try await ledger.append(Drafts.read()) }
        #expect(try inForce(ledger) == "first")
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func aTextThatNoEntryHasRoomForIsRefused() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let text = String(repeating: "\u{1}", count: LedgerLimits.maxPayloadBytes / 6)
        await #expect {
            _ = try await set(text, ledger)
        } throws: {
            ($0 as? LedgerStoreError)?.code == .invalid
        }
        #expect(try ledger.policiesInForce() == nil)
        await ledger.close()
    }
}
