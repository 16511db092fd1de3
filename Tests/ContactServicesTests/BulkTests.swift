import ContactModel
import Foundation
import ProcessBoundary
import ServiceFakes
import Synchronization
import Testing

@testable import ContactServices

/// Lines in a form of the tests' own: words parted by blanks.
///
///     create KEY EMAIL [REF] · add KEY (ref:REF | id:UUID) · consent KEY (ref:REF | id:UUID) · for PURPOSE LINE · anything else is malformed
struct WordParser: BulkLineParser {
    /// Purposes of the consents that creates come with; nil: sales.
    var covered: [String]?

    func parse(_ line: Data) -> ParsedLine {
        var words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
        var purpose: PurposeCode?
        if words.first == "for", words.count > 2 {
            purpose = try? PurposeCode(words[1])
            words.removeFirst(2)
        }
        var declares: Reference?
        do {
            guard words.count >= 3 else { throw ServiceError(.malformedJSON, "no") }
            let key = try Fixture.key(words[1], digest: words.joined())
            let operation: BulkCommand.Operation
            switch words[0] {
            case "create":
                declares = words.count > 3 ? try Reference(words[3]) : nil
                operation = .createContact(
                    try Fixture.draft(words[2], purposes: covered ?? ["sales"]))
            case "add":
                operation = .addAttributes(
                    try target(words[2]), try Fixture.draft("a@b.example", attributes: 1).attributes
                )
            case "consent":
                operation = .grantConsent(
                    try target(words[2]), try Fixture.draft("a@b.example").consents[0])
            default: throw ServiceError(.unknownOperation, "no")
            }
            return ParsedLine(
                declares: declares, purpose: purpose,
                command: .success(BulkCommand(operation: operation, idempotency: key)))
        } catch let error as ServiceError {
            return ParsedLine(declares: declares, purpose: purpose, command: .failure(error))
        } catch let error as ValidationError {
            return ParsedLine(
                declares: declares, purpose: purpose, command: .failure(ServiceError(error)))
        } catch {
            return ParsedLine(
                declares: nil, purpose: nil, command: .failure(ServiceError(.internalError, "no")))
        }
    }

    private func target(_ word: String) throws -> BulkCommand.Target {
        if word.hasPrefix("ref:") { return .ref(try Reference(String(word.dropFirst(4)))) }
        return .contact(try EntityID(String(word.dropFirst(3))))
    }
}

/// Every line says the same.
struct FixedParser: BulkLineParser {
    let command: BulkCommand

    func parse(_ line: Data) -> ParsedLine {
        ParsedLine(declares: nil, purpose: nil, command: .success(command))
    }
}

@Suite struct BulkTests {
    let fixture = Fixture()

    func run(
        _ lines: [String], groupLines: Int = 64, purposes: [String] = ["sales"], chunk: Int = 1_000,
        covered: [String]? = nil
    ) async throws -> [BulkResult] {
        let text = lines.map { $0 + "\n" }.joined()
        let bytes = Array(text.utf8)
        let chunks = stride(from: 0, to: bytes.count, by: chunk).map {
            Array(bytes[$0..<min($0 + chunk, bytes.count)])
        }
        return try await run(
            chunks, groupLines: groupLines, purposes: purposes, parser: WordParser(covered: covered)
        )
    }

    func run(
        _ chunks: [[UInt8]], groupLines: Int = 64, purposes: [String] = ["sales"],
        parser: WordParser = WordParser()
    ) async throws -> [BulkResult] {
        let service = BulkMutationService(
            ledger: fixture.ledger, keeper: fixture.keeper, groupLines: groupLines)
        let body = AsyncStream<[UInt8]> { continuation in
            for chunk in chunks { continuation.yield(chunk) }
            continuation.finish()
        }
        var results: [BulkResult] = []
        try await service.run(
            fixture.authorized(.applyMutations, purposes: purposes), body: body, parser: parser
        ) { results += $0 }
        return results
    }

    func codes(_ results: [BulkResult]) -> [ServiceError.Code?] {
        results.map { result in
            if case .failure(let error) = result.result { error.code } else { nil }
        }
    }

    func ids(_ results: [BulkResult]) -> [EntityID?] {
        results.map { try? $0.result.get().contactID }
    }

    @Test(arguments: [1, 2, 7, 64], [1, 5, 10_000])
    func everyLineHasItsResultInOrder(groupLines: Int, chunk: Int) async throws {
        let lines = (0..<200).map { $0 % 10 == 3 ? "nonsense" : "create k\($0) p\($0)@example.com" }
        let results = try await run(lines, groupLines: groupLines, chunk: chunk)
        #expect(results.map(\.line) == Array(1...200))
        #expect(codes(results) == (0..<200).map { $0 % 10 == 3 ? .malformedJSON : nil })
        #expect(Set(ids(results).compactMap { $0 }).count == 180)
    }

    /// One contact is erased while its group is under way: its line is refused, the others are not.
    @Test func aSubjectWithoutAKeyFailsItsOwnLineAlone() async throws {
        let created = try await run(["create k1 a@example.com", "create k2 b@example.com"])
        let ids = try ids(created).map { try #require($0).text }
        let erased = try #require(fixture.ledger.appends.first?.mutations.first?.subject)
        fixture.keeper.forget(erased)
        let results = try await run([
            "create k3 c@example.com", "add k4 id:\(ids[0])", "add k5 id:\(ids[1])",
            "consent k6 id:\(ids[0])",
        ])
        #expect(codes(results) == [nil, .notFound, nil, nil])
    }

    @Test func groupsShareAnAppendAndEachHasOneAuditEntry() async throws {
        let results = try await run((0..<128).map { "create k\($0) p\($0)@example.com" })
        #expect(codes(results).allSatisfy { $0 == nil })
        #expect(fixture.ledger.appends.count < 128)
        #expect(fixture.ledger.appends.allSatisfy { $0.mutations.count <= 64 })
        #expect(
            fixture.ledger.appends.allSatisfy {
                $0.hasAudit && $0.audit.action == "mutations.apply"
            })
    }

    @Test(arguments: [1, 2, 3, 64])
    func aRefStandsForTheContactWhateverGroupItIsIn(groupLines: Int) async throws {
        var lines: [String] = []
        for index in 0..<20 {
            lines += [
                "create c\(index) p\(index)@example.com r\(index)", "add a\(index) ref:r\(index)",
                "consent g\(index) ref:r\(index)",
            ]
        }
        lines += (0..<20).map { "consent late\($0) ref:r\($0)" }
        let results = try await run(lines, groupLines: groupLines)
        #expect(codes(results).allSatisfy { $0 == nil })
        let ids = ids(results)
        for index in 0..<20 {
            #expect(ids[3 * index] == ids[3 * index + 1] && ids[3 * index] == ids[3 * index + 2])
            #expect(ids[3 * index] == ids[60 + index])
        }
    }

    @Test(arguments: [1, 64])
    func theRefOfAReplayedCreateIsTheOriginalContact(groupLines: Int) async throws {
        let first = try await run(["create c p@example.com r"], groupLines: groupLines)
        let again = try await run(
            ["create c p@example.com r", "add a ref:r"], groupLines: groupLines)
        #expect(codes(again) == [nil, nil])
        #expect(ids(again) == [ids(first)[0], ids(first)[0]])
        #expect(try again[0].result.get().replayed)
        #expect(try !again[1].result.get().replayed)
    }

    @Test(arguments: [1, 64])
    func linesThatDependOnARefusedCreateNameTheRef(groupLines: Int) async throws {
        let results = try await run(
            [
                "create k1 p@example.com", "create k2 p@example.com dup", "add k3 ref:dup",
                "create k4 not-an-address bad", "add k5 ref:bad", "add k6 ref:never",
                "create k7 q@example.com dup", "add k8 ref:dup",
            ], groupLines: groupLines)
        #expect(
            codes(results) == [
                nil, .duplicateEmail, .failedRef, .invalidEmail, .failedRef, .unknownRef,
                .duplicateRef,
                .failedRef,
            ])
        for (line, ref) in [(2, "dup"), (4, "bad"), (5, "never")] {
            guard case .failure(let error) = results[line].result else { continue }
            #expect(error.detail.contains("\"\(ref)\""))
        }
    }

    @Test func aDuplicateEmailInOneGroupIsRefusedOnce() async throws {
        let results = try await run(["create k1 p@example.com", "create k2 P@example.com"])
        #expect(codes(results) == [nil, .duplicateEmail])
    }

    @Test func theSameLineTwiceIsDoneOnce() async throws {
        let results = try await run(["create k p@example.com", "create k p@example.com"])
        #expect(codes(results) == [nil, nil])
        #expect(ids(results)[0] == ids(results)[1])
    }

    @Test func unknownContactsAreNotFound() async throws {
        let results = try await run(["add k id:\(EntityID.random().text)"])
        #expect(codes(results) == [.notFound])
    }

    @Test func aLineTooLongIsRefusedAndTheStreamGoesOn() async throws {
        let long = String(repeating: "x", count: ServiceLimits.bulkLineBytes + 1)
        let results = try await run(
            ["create k1 p1@example.com", long, "create k2 p2@example.com"], chunk: 65_536)
        #expect(codes(results) == [nil, .tooLarge, nil])
    }

    /// Groups of short lines are bounded in number, those of long ones in bytes.
    @Test(arguments: [(0, 16), (100_000, 4)])
    func groupsInFlightAreBounded(padding: Int, expected: Int) async throws {
        let release = Mutex(false)
        fixture.ledger.onAppend {
            while !release.withLock({ $0 }) { await Task.yield() }
        }
        // Five long lines are just below the 512 KiB of a group.
        let blanks = String(repeating: " ", count: padding)
        let lines = (0..<100).map { "create k\($0) p\($0)@example.com" + blanks }
        async let results = run(lines, groupLines: padding == 0 ? 1 : 5, chunk: 1_000_000)
        while fixture.ledger.mostAppendsInFlight < expected { await Task.yield() }
        for _ in 0..<10_000 { await Task.yield() }
        #expect(fixture.ledger.mostAppendsInFlight == expected)
        release.withLock { $0 = true }
        #expect(try await codes(results).count == 100)
        #expect(fixture.ledger.mostAppendsInFlight == expected)
    }

    @Test func theBodyIsNotReadAheadWithoutBound() async throws {
        let produced = Mutex(0)
        let release = Mutex(false)
        fixture.ledger.onAppend { while !release.withLock({ $0 }) { await Task.yield() } }
        let line = Array(
            ("create k p@example.com " + String(repeating: "x", count: 60_000) + "\n").utf8)
        let body = AsyncStream<[UInt8]>(unfolding: {
            let count = produced.withLock { count in
                count += 1
                return count
            }
            return count > 200 ? nil : line
        })
        let service = BulkMutationService(ledger: fixture.ledger, keeper: fixture.keeper)
        let authorized = try await fixture.authorized(.applyMutations)
        let lines = Mutex(0)
        async let done: Void = service.run(authorized, body: body, parser: WordParser()) {
            results in
            lines.withLock { $0 += results.count }
        }
        while fixture.ledger.mostAppendsInFlight == 0 { await Task.yield() }
        for _ in 0..<10_000 { await Task.yield() }
        // Four groups of 512 KiB, one assembled, and a megabyte read ahead: some 60 lines of 60 KB, not 200.
        #expect(produced.withLock { $0 } < 100)
        release.withLock { $0 = true }
        try await done
        #expect(lines.withLock { $0 } == 200)
    }

    @Test func aClientThatWaitsForEachResultIsServed() async throws {
        let (body, feed) = AsyncStream<[UInt8]>.makeStream()
        let service = BulkMutationService(ledger: fixture.ledger, keeper: fixture.keeper)
        let count = Mutex(0)
        feed.yield(Array("create k0 p0@example.com\n".utf8))
        try await service.run(
            fixture.authorized(.applyMutations), body: body, parser: WordParser()
        ) { results in
            let next = count.withLock { count in
                count += results.count
                return count
            }
            if next == 5 {
                feed.finish()
            } else {
                feed.yield(Array("create k\(next) p\(next)@example.com\n".utf8))
            }
        }
        #expect(count.withLock { $0 } == 5)
    }

    @Test func theLastLineNeedsNoLineFeed() async throws {
        #expect(
            try await run([Array("create k1 p1@example.com\r\ncreate k2 p2@example.com".utf8)])
                .count == 2)
    }

    @Test func anEmptyStreamLeavesOneAuditEntry() async throws {
        #expect(try await run([[UInt8]]()).isEmpty)
        #expect(fixture.ledger.appends.map(\.audit.outcome) == ["ALLOWED"])
    }

    @Test func aGroupOfRefusalsIsAuditedAsRefused() async throws {
        _ = try await run(["nonsense", "create k not-an-address"])
        #expect(fixture.ledger.appends.map(\.audit.outcome) == ["REFUSED"])
        #expect(fixture.ledger.appends.map(\.audit.reason) == ["malformed-json"])
        #expect(fixture.keeper.calls.isEmpty)
    }

    @Test func purposesComeFromTheLinesOrTheHeader() async throws {
        let results = try await run(
            ["for research create k1 p1@example.com", "create k2 p2@example.com"], purposes: [],
            covered: ["research"])
        #expect(codes(results) == [nil, .missingPurpose])
        #expect(fixture.ledger.appends.map(\.audit.purpose) == ["research"])
        _ = try await run(
            ["for research create k3 p3@example.com", "create k4 p4@example.com"],
            covered: ["research", "sales"])
        #expect(fixture.ledger.appends.last?.audit.purpose == "research,sales")
    }

    @Test func manySmallAttributesAreSeveralGroups() async throws {
        let parser = FixedParser(
            command: BulkCommand(
                operation: .createContact(try Fixture.draft("a@b.example", attributes: 64)),
                idempotency: try Fixture.key("k")))
        let refs = RefTable()
        let lines = (1...60).map { BulkLine(number: $0, content: .bytes(Data())) }
        let groups = await GroupAssembler(
            parser: parser, refs: refs, authorized: try await fixture.authorized(.applyMutations)
        ).groups(of: lines, numberedFrom: 7)
        #expect(groups.map(\.number) == Array(7..<(7 + groups.count)))
        #expect(groups.count == 4)
        #expect(groups.flatMap(\.lines).map(\.number) == Array(1...60))
        #expect(groups.allSatisfy { $0.weight <= 2_048 })
    }

    @Test func purposesTooLongForOneAuditEntryAreSeveralGroups() async throws {
        let purposes = (10..<30).map { String(repeating: "p", count: 62) + "\($0)" }
        let results = try await run(
            purposes.enumerated().map { "for \($1) create k\($0) p\($0)@example.com" },
            covered: purposes)
        #expect(codes(results).allSatisfy { $0 == nil })
        #expect(
            fixture.ledger.appends.allSatisfy { $0.audit.purpose.utf8.count <= 256 })
        #expect(
            Set(fixture.ledger.appends.flatMap { $0.audit.purpose.split(separator: ",") }).count
                == 20)
    }

    @Test func withoutTheLedgerEveryLineSaysSo() async throws {
        fixture.ledger.fail("append", .unavailable)
        let results = try await run(["nonsense", "create k p@example.com"])
        #expect(codes(results) == [.ledgerUnavailable, .ledgerUnavailable])
    }

    @Test func anOverloadedLedgerIsAskedAgain() async throws {
        fixture.ledger.fault("append", .overloaded, times: 2)
        #expect(try await codes(run(["create k p@example.com"])) == [nil])
    }

    @Test func aBodyThatBreaksOffEndsTheRunWithItsError() async throws {
        struct Broken: Error {}
        let body = AsyncThrowingStream<[UInt8], any Error> { continuation in
            continuation.yield(Array("create k p@example.com\ncreate".utf8))
            continuation.finish(throwing: Broken())
        }
        let service = BulkMutationService(ledger: fixture.ledger, keeper: fixture.keeper)
        await #expect(throws: (any Error).self) {
            try await service.run(
                fixture.authorized(.applyMutations), body: body, parser: WordParser()
            ) { _ in }
        }
    }

    @Test func aBodyThatBreaksOffBeforeItsFirstLineLeavesOneAuditEntry() async throws {
        struct Broken: Error {}
        let body = AsyncThrowingStream<[UInt8], any Error> { continuation in
            continuation.yield(Array("create k p@exam".utf8))
            continuation.finish(throwing: Broken())
        }
        let service = BulkMutationService(ledger: fixture.ledger, keeper: fixture.keeper)
        await #expect(throws: (any Error).self) {
            try await service.run(
                fixture.authorized(.applyMutations), body: body, parser: WordParser()
            ) { _ in }
        }
        #expect(fixture.ledger.appends.map(\.audit.reason) == ["truncated-body"])
        #expect(fixture.ledger.appends.map(\.audit.purpose) == ["sales"])
    }

    @Test func aCancelledRunDoesNotEndAsIfItWereComplete() async throws {
        let (body, feed) = AsyncStream<[UInt8]>.makeStream()
        for index in 0..<3 { feed.yield(Array("create k\(index) p\(index)@example.com\n".utf8)) }
        feed.finish()
        let service = BulkMutationService(
            ledger: fixture.ledger, keeper: fixture.keeper, groupLines: 1)
        let authorized = try await fixture.authorized(.applyMutations)
        let release = Mutex(false)
        let run = Task {
            try await service.run(authorized, body: body, parser: WordParser()) { _ in
                while !release.withLock({ $0 }) { await Task.yield() }
            }
        }
        // All three are done, and two results may still wait to be written.
        while fixture.ledger.appends.count < 3 { await Task.yield() }
        for _ in 0..<1_000 { await Task.yield() }
        run.cancel()
        release.withLock { $0 = true }
        await #expect(throws: CancellationError.self) { try await run.value }
    }

    @Test func theAuditEntryTellsOfEveryLineAtItsPlace() async throws {
        _ = try await run(["create k0 p0@example.com"])
        _ = try await run([
            "nonsense", "create k1 p1@example.com", "create k0 p0@example.com",
            "create k2 P1@example.com", "add k3 id:\(EntityID.random().text)",
            "create k4 p0@example.com",
        ])
        let append = try #require(fixture.ledger.appends.last)
        #expect(append.mutations.count == 2)
        #expect(append.audit.decided.map(\.position) == [0, 2, 4, 5])
        #expect(
            append.audit.decided.map(\.outcome) == [
                "MALFORMED_JSON", "REPLAYED", "NOT_FOUND", "DUPLICATE_EMAIL",
            ])
        #expect(
            append.audit.decided.map(\.idempotency.key) == [
                Data(), FakeKeeper.idempotencyTag("k0"), FakeKeeper.idempotencyTag("k3"),
                FakeKeeper.idempotencyTag("k4"),
            ])
    }

    @Test func aReplayOfAnErasedContactFailsAlone() async throws {
        let first = try await run(["create k0 p0@example.com", "create k1 p1@example.com"])
        fixture.ledger.forget(try #require(ids(first)[0]).bytes)
        let again = try await run([
            "create k0 p0@example.com", "create k1 p1@example.com", "create k2 p2@example.com",
        ])
        #expect(codes(again) == [.notFound, nil, nil])
        #expect(try again[1].result.get().replayed)
    }

    @Test func aCreateNeedsAConsentThatCoversItsPurpose() async throws {
        let results = try await run([
            "for research create k1 p1@example.com", "for sales_outreach create k2 p2@example.com",
        ])
        #expect(codes(results) == [.purposeNotCovered, nil])
    }

    @Test func aClientThatGoesAwayEndsTheRun() async throws {
        struct Gone: Error {}
        let (body, feed) = AsyncStream<[UInt8]>.makeStream()
        feed.yield(Array("create k p@example.com\n".utf8))
        let service = BulkMutationService(ledger: fixture.ledger, keeper: fixture.keeper)
        await #expect(throws: Gone.self) {
            try await service.run(
                fixture.authorized(.applyMutations), body: body, parser: WordParser()
            ) { _ in throw Gone() }
        }
    }

    @Test func refsAreBounded() async throws {
        let table = RefTable(limit: 2)
        try await table.claim(Reference("a"))
        try await table.claim(Reference("b"))
        #expect(await code { try await table.claim(Reference("c")) } == .tooManyRefs)
        #expect(await code { try await table.claim(Reference("a")) } == .duplicateRef)
    }
}
