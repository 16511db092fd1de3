import Foundation
import LedgerFormat
import Projections
import Testing

@testable import LedgerStore

/// What the newest seal pins of a subject, whatever became of `views/subject.heads`.
@Suite(.timeLimit(.minutes(2))) struct SubjectHeadsTests {
    /// - Returns: the sealed segment.
    private func check(
        _ ledger: Ledger, _ people: [Drafts.Person], _ comment: Comment? = nil
    ) throws -> UInt64 {
        var segment: UInt64 = 0
        for person in people {
            let proof = try #require(try ledger.headsProof(of: person.subject), comment)
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
        #expect(try check(ledger, people) == 1)
        _ = try await ledger.seal(actor: Drafts.actor, requestID: "r")
        #expect(try check(ledger, people) == 2)
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
        #expect(try check(ledger, few) == 1)
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
            #expect(try check(ledger, few) == 1)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == sealed)
            await ledger.close(sealing: false)
        }
        // Cut behind its head: the first who asks is told to try again, and then it is whole.
        #expect(truncate(path, off_t(sealed.count - 40)) == 0)
        ledger = try await fixture.open()
        let refused = #expect(throws: LedgerStoreError.self) {
            for person in few { _ = try ledger.headsProof(of: person.subject) }
        }
        #expect(refused?.code == .unavailable)
        #expect(try check(ledger, few) == 1)
        await ledger.close(sealing: false)
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
        #expect(try check(again, [ada]) >= 1)
        await again.close()
    }
}
