import Crypto
import Foundation
import LedgerFormat
import Synchronization
import Testing

@testable import LedgerStore

/// The hardware key's line of published checkpoints: welcome, and waited for by nobody.
@Suite(.timeLimit(.minutes(2))) struct PublishingTests {
    private func withHardware() throws -> LedgerFixture {
        let fixture = try LedgerFixture()
        fixture.signer.change { $0.hardware = P256.Signing.PrivateKey() }
        return fixture
    }

    private func signers(_ ledger: Ledger) throws -> (size: UInt64, lines: Int, signers: Int) {
        let note = try SignedNote(parsing: #require(ledger.publishedCheckpoint))
        let keys = ledger.trust.checkpointKeys(generation: 1, size: 1)
        let verified = try note.verified(by: keys)
        return (
            try Checkpoint(parsing: note.text).size, note.signatures.count, verified.signers.count
        )
    }

    private func untilPublished(_ ledger: Ledger, lines: Int) async throws {
        while true {
            let published = try signers(ledger)
            if published.size == ledger.signedSize, published.lines == lines { return }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    @Test func aPublishedCheckpointCarriesBothLines() async throws {
        let fixture = try withHardware()
        let ledger = try await fixture.open { $0.limits.publishPatience = .seconds(3_600) }
        _ = try await ledger.append(Drafts.read())
        try await untilPublished(ledger, lines: 2)
        #expect(try signers(ledger).signers == 2)
        let served = ledger.publishedCheckpoint
        await ledger.close(sealing: false)
        // What was served is what is kept, and what is served again.
        let reopened = try await fixture.open()
        #expect(reopened.publishedCheckpoint == served)
        await reopened.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// ```
    /// publisher        asks ──────── waits ─────────────── gives up ─▶ one line    asks ─▶ two lines
    /// hardware key     asked ─ ─ ─ ─ no answer ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ late ─┘ (dropped)
    /// appends          done    done    done
    /// ```
    @Test func aHardwareKeyThatDoesNotAnswerStopsNobody() async throws {
        let fixture = try withHardware()
        let (open, answer) = AsyncStream.makeStream(of: Never.self)
        let asked = Mutex(0)
        fixture.signer.onPublish {
            asked.withLock { $0 += 1 }
            for await _ in open {}
        }
        let ledger = try await fixture.open { $0.limits.publishPatience = .milliseconds(1) }
        for _ in 0..<3 {
            _ = try await ledger.append(Drafts.read())
            try await untilPublished(ledger, lines: 1)
        }
        // It was asked once: what does not answer is not asked again.
        #expect(asked.withLock { $0 } == 1)
        fixture.signer.onPublish(nil)
        let before = ledger.publishedCheckpoint
        answer.finish()
        try await Task.sleep(for: .milliseconds(50))
        // The late answer is of a size that was published, or passed: it changes nothing.
        #expect(ledger.publishedCheckpoint == before)
        _ = try await ledger.append(Drafts.read())
        try await untilPublished(ledger, lines: 2)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// What does not verify, or says something else, is never published; the log key's checkpoint is.
    @Test(arguments: [
        LocalSigner.Published.refused, .wrong, .otherRoot, .withoutLogKey,
    ])
    func aWrongLineIsNeverPublished(answer: LocalSigner.Published) async throws {
        let fixture = try withHardware()
        fixture.signer.change { $0.published = answer }
        let ledger = try await fixture.open { $0.limits.publishPatience = .seconds(3_600) }
        for _ in 0..<2 {
            _ = try await ledger.append(Drafts.read())
            try await untilPublished(ledger, lines: 1)
        }
        #expect(ledger.status.problem == nil)
        fixture.signer.change { $0.published = .signed }
        _ = try await ledger.append(Drafts.read())
        try await untilPublished(ledger, lines: 2)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// A commit group counts by the log key's line alone, so a signer that answers with the other one is not believed.
    @Test func aGroupNeedsTheLogKeysLine() async throws {
        let fixture = try withHardware()
        fixture.signer.change { $0.signsGroupsWithHardware = true }
        let error = await #expect(throws: LedgerStoreError.self) { _ = try await fixture.open() }
        #expect(error?.message.contains("does not verify") == true)
    }
}
