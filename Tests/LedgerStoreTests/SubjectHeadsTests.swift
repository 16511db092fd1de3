import Foundation
import LedgerFormat
import Projections
import Synchronization
import Testing

@testable import LedgerStore

/// What the newest seal pins of a subject, whatever became of `views/subject.heads`.
@Suite(.timeLimit(.minutes(2))) struct SubjectHeadsTests {
    /// As whoever is told to try again does.
    private func proof(_ ledger: Ledger, _ person: Drafts.Person) async throws -> SubjectHeadsProof?
    {
        do {
            return try ledger.headsProof(of: person.subject)
        } catch let error where error.code == .unavailable {
            #expect(error.retryAfterMilliseconds != nil)
        }
        // A file that is found to be damaged is made by the next who asks.
        _ = try? ledger.headsProof(of: person.subject)
        await ledger.heads.settle()
        return try ledger.headsProof(of: person.subject)
    }

    /// - Returns: the sealed segment.
    private func check(
        _ ledger: Ledger, _ people: [Drafts.Person], _ comment: Comment? = nil
    ) async throws -> UInt64 {
        var segment: UInt64 = 0
        for person in people {
            let proof = try #require(try await proof(ledger, person), comment)
            let body = try SegmentManifest(parsing: proof.manifest).body
            segment = body.segment
            var entries: [SubjectEvidence.Entry] = []
            for index in 0..<ledger.signedSize {
                let entry = try ledger.entry(at: index)
                let header = try EntryHeader(canonical: entry.header)
                guard header.subject == person.subject, header.stream != .audit else { continue }
                entries.append(
                    SubjectEvidence.Entry(
                        header: entry.header, payload: entry.payload, receipt: Data()))
            }
            let chain = try SubjectChain(entries, of: person.subject)
            let audits = try chain.check(proof, manifest: body, of: person.subject)
            #expect(audits > 0, comment)
        }
        return segment
    }

    @Test func eachSealPinsWhatASubjectHasByThen() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let people = (0..<30).map { Drafts.Person("p\($0)") }
        #expect(try ledger.headsProof(of: people[0].subject) == nil)
        for person in people { _ = try await ledger.append(Drafts.append([Drafts.create(person)])) }
        _ = try await ledger.seal(actor: Drafts.actor, requestID: "r")
        // More of some of them than was sealed.
        for person in people.prefix(9) {
            _ = try await ledger.append(Drafts.append([Drafts.enrich(person)]))
        }
        var segment = try await check(ledger, people)
        #expect(segment == 1)
        _ = try await ledger.seal(actor: Drafts.actor, requestID: "r")
        segment = try await check(ledger, people)
        #expect(segment == 2)
        await ledger.close()
    }

    @Test func aFileThatIsGoneOrDamagedIsMadeAgain() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        let people = (0..<300).map { Drafts.Person("p\($0)") }
        _ = try await ledger.append(Drafts.append(people.map { try Drafts.create($0) }))
        for person in people.prefix(2) {
            _ = try await ledger.append(Drafts.append([Drafts.enrich(person)]))
        }
        _ = try await ledger.seal(actor: Drafts.actor, requestID: "r")
        let few = Array(people.prefix(2))
        let path = fixture.root + "/views/" + HeadsFile.fileName
        let sealed = try Data(contentsOf: URL(fileURLWithPath: path))
        var segment = try await check(ledger, few)
        #expect(segment == 1)
        await ledger.close()
        let changes: [(String) throws -> Void] = [
            { try FileManager.default.removeItem(atPath: $0) },
            { try Data("nonsense".utf8).write(to: URL(fileURLWithPath: $0)) },
            {
                try FileManager.default.removeItem(
                    atPath: ($0 as NSString).deletingLastPathComponent)
                try FileManager.default.createDirectory(
                    atPath: ($0 as NSString).deletingLastPathComponent,
                    withIntermediateDirectories: true)
            },
        ]
        for change in changes {
            try change(path)
            ledger = try await fixture.open()
            // Not the newest any more, but as it was sealed.
            for person in few {
                _ = try await ledger.append(Drafts.append([Drafts.enrich(person)]))
            }
            segment = try await check(ledger, few)
            #expect(segment == 1)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == sealed)
            await ledger.close(sealing: false)
        }
        // Cut so that every proof lacks something: the first who asks is told to try again, and then it is whole.
        #expect(truncate(path, off_t(sealed.count / 2)) == 0)
        ledger = try await fixture.open()
        let refused = #expect(throws: LedgerStoreError.self) {
            for person in few { _ = try ledger.headsProof(of: person.subject) }
        }
        #expect(refused?.code == .unavailable)
        segment = try await check(ledger, few)
        #expect(segment == 1)
        await ledger.close(sealing: false)
    }

    /// Wherever the byte stands: in the head of the file, a leaf, or a node of the tree.
    @Test func noProofLeavesThatWouldNotVerify() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let people = (0..<300).map { Drafts.Person("p\($0)") }
        _ = try await ledger.append(Drafts.append(people.map { try Drafts.create($0) }))
        _ = try await ledger.append(Drafts.append([Drafts.enrich(people[0])]))
        _ = try await ledger.seal(actor: Drafts.actor, requestID: "r")
        let path = fixture.root + "/views/" + HeadsFile.fileName
        let sealed = try Data(contentsOf: URL(fileURLWithPath: path))
        let segment = try await check(ledger, [people[0]])
        #expect(segment == 1)
        var refused = 0
        for offset in Array(0..<56) + Array(stride(from: 56, to: sealed.count, by: 401)) {
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            try handle.seek(toOffset: UInt64(offset))
            try handle.write(contentsOf: [sealed[offset] ^ 1])
            try handle.close()
            do {
                let proof = try #require(try ledger.headsProof(of: people[0].subject))
                let body = try SegmentManifest(parsing: proof.manifest).body
                try proof.checkPlaces(of: people[0].subject, root: body.subjectHeadsRoot)
                let again = try FileHandle(forUpdating: URL(fileURLWithPath: path))
                try again.seek(toOffset: UInt64(offset))
                try again.write(contentsOf: [sealed[offset]])
                try again.close()
            } catch let error as LedgerStoreError {
                #expect(error.code == .unavailable)
                refused += 1
                let found = try await proof(ledger, people[0])
                #expect(found != nil)
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == sealed)
            }
        }
        #expect(refused > 0)
        await ledger.close()
    }

    /// Of many who ask at once one makes it, and a root that the tables do not lead to is not tried again.
    @Test func headsAreMadeOnceAndNeverInPlaceOfNewerOnes() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        _ = try await ledger.append(Drafts.append([Drafts.create(ada)]))
        _ = try await ledger.seal(actor: Drafts.actor, requestID: "r")
        let first = try #require(try ledger.headsProof(of: ada.subject)).manifest
        let older = try SegmentManifest(parsing: first).body
        _ = try await ledger.append(Drafts.append([Drafts.enrich(ada)]))
        _ = try await ledger.seal(actor: Drafts.actor, requestID: "r")
        let made = Mutex(0)
        let gate = DispatchSemaphore(value: 0)
        func isUnderWay(_ manifest: SegmentManifestBody) throws -> Bool {
            if case .underWay = try ledger.heads.find(
                manifest,
                make: { _ in
                    made.withLock { $0 += 1 }
                    gate.wait()
                })
            {
                true
            } else {
                false
            }
        }
        // Those of the second seal are there, and open.
        #expect(try ledger.headsProof(of: ada.subject)?.manifest != first)
        #expect(try isUnderWay(older))
        await ledger.heads.settle()
        #expect(made.withLock { $0 } == 0)
        ledger.heads.discard()
        // This making brings no head.
        for _ in 0..<5 { #expect(try isUnderWay(older)) }
        gate.signal()
        await ledger.heads.settle()
        #expect(made.withLock { $0 } == 1)
        let damaged = #expect(throws: LedgerStoreError.self) { try isUnderWay(older) }
        #expect(damaged?.code == .damaged)
        let segment = try await check(ledger, [ada])
        #expect(segment == 2)
        await ledger.close()
    }

    @Test func aCrashBehindTheManifestLosesNothing() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let ada = Drafts.Person("ada")
        _ = try await ledger.append(Drafts.append([Drafts.create(ada)]))
        fixture.failOnce(at: .sealManifestRenamed)
        _ = try? await ledger.seal(actor: Drafts.actor, requestID: "r")
        await ledger.close(sealing: false)
        let again = try await fixture.open()
        let segment = try await check(again, [ada])
        #expect(segment >= 1)
        await again.close()
    }
}
