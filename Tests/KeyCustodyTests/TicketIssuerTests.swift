import ContactModel
import Crypto
import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

/// A ticket is given on the receipt of a request to enrich, for the contact that it is of, while that has a key; a vendor's with its token alone.
@Suite struct TicketIssuerTests {
    private let entries = SignedEntries()
    private static let enrichment = "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c"

    private struct Shown {
        let receipt: InclusionReceipt
        let payload: Data
    }

    private func request(
        _ tag: SubjectTag?, _ keeper: KeyCustodian, type: String = EnrichmentRequested.type,
        stream: EntryStream = .contact, enrichment: String = TicketIssuerTests.enrichment,
        in entries: SignedEntries? = nil
    ) async throws -> Shown {
        let payload = EventCoding.encode(
            EnrichmentRequested(
                attempts: 3, attributeTypes: ["phone"], enrichmentId: enrichment,
                purpose: "sales", salt: Data(repeating: 7, count: 16), timeout: 60,
                vendors: ["vendor-a", "vendor-b"]))
        return Shown(
            receipt: try await (entries ?? self.entries).append(
                payload, keeper, type: type, stream: stream, subject: tag, label: "s2:c3/i1"),
            payload: payload)
    }

    private func authority(
        _ shown: Shown, _ keeper: KeyCustodian
    ) throws -> EnrichmentAuthority {
        try keeper.ticketIssuer.authority(shown.receipt, payload: shown.payload)
    }

    private func token(
        _ authority: EnrichmentAuthority, _ vendor: String, _ attempt: Int, _ keeper: KeyCustodian
    ) throws -> Data {
        try keeper.ticketIssuer.callbackTokens(on: authority, for: [(vendor, attempt)])[0]
    }

    private func code(_ body: () async throws -> Void) async -> KeyCustodyError.Code? {
        do {
            try await body()
            return nil
        } catch { return (error as? KeyCustodyError)?.code }
    }

    @Test func aTicketIsOfItsEntryAndSignedForTenMinutes() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let tag = Sample.tag
            _ = try await keeper.sealed([.sample(tag)])
            _ = try await request(Sample.tag, keeper)
            let authority = try authority(try await request(tag, keeper), keeper)
            let ticket = try await keeper.ticketIssuer.issue(on: authority, for: nil)
            let grant = ticket.grant
            #expect(grant.origin == keeper.origin && grant.generation == 1 && grant.index == 1)
            #expect(grant.subject == tag.data && grant.purpose == "sales")
            #expect(grant.enrichment.text == Self.enrichment && grant.label.text == "s2:c3/i1")
            #expect(grant.vendor == nil && grant.attempt == 0 && grant.actor == "ticket:1.1")
            let now = Double(fixture.clock.clock.now())
            #expect(grant.expiresAt == Date(timeIntervalSince1970: now + 600))
            let key = try Curve25519.Signing.PublicKey(rawRepresentation: keeper.ticketKey)
            #expect(
                key.isValidSignature(
                    ticket.signature, for: TicketGrant.signedMessage(of: grant.body)))
            #expect(!key.isValidSignature(ticket.signature, for: grant.body))
            let answer = TicketIssuer.Answer(
                vendor: "vendor-b", attempt: 2, token: try token(authority, "vendor-b", 2, keeper))
            let vendors = try await keeper.ticketIssuer.issue(on: authority, for: answer).grant
            #expect(vendors.vendor == "vendor-b" && vendors.attempt == 2)
        }
    }

    @Test func whatIsNoRequestOfThisLogGivesNoTicket() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let other = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let tag = Sample.tag
            _ = try await keeper.sealed([.sample(tag)])
            let good = try await request(tag, keeper)
            let another = try await request(
                tag, keeper, enrichment: "00000000-5a0d-4e8f-9c7b-2d1e0f3a4b5c")
            // Its keys are copies of the first one's; what it signed, the first one did not.
            let foreign = try await other.withKeeper { keeper in
                let entries = SignedEntries()
                for _ in 0..<3 { _ = try await request(nil, keeper, in: entries) }
                return try await request(tag, keeper, in: entries)
            }
            var header = try #require(good.receipt.extra)
            header[header.count - 3] ^= 1
            var shown = [
                Shown(receipt: good.receipt, payload: another.payload),
                Shown(receipt: another.receipt, payload: good.payload),
                Shown(receipt: good.receipt, payload: good.payload + Data(" ".utf8)),
                Shown(
                    receipt: try InclusionReceipt(
                        extra: header, index: good.receipt.index, hashes: good.receipt.hashes,
                        checkpoint: good.receipt.checkpoint), payload: good.payload),
                Shown(
                    receipt: try InclusionReceipt(
                        extra: nil, index: good.receipt.index, hashes: good.receipt.hashes,
                        checkpoint: good.receipt.checkpoint), payload: good.payload),
                Shown(
                    receipt: try InclusionReceipt(
                        extra: good.receipt.extra, index: good.receipt.index,
                        hashes: good.receipt.hashes, checkpoint: foreign.receipt.checkpoint),
                    payload: good.payload),
            ]
            shown.append(try await request(tag, keeper, type: "EnrichmentReceived"))
            shown.append(try await request(tag, keeper, stream: .consent))
            shown.append(try await request(nil, keeper))
            for (number, shown) in shown.enumerated() {
                let code = await code { _ = try authority(shown, keeper) }
                #expect(code == .invalid, "\(number)")
            }
            #expect(await code { _ = try authority(good, keeper) } == nil)
        }
    }

    @Test func aTokenIsOfOneVendorAttemptAndRequest() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let tag = Sample.tag
            _ = try await keeper.sealed([.sample(tag)])
            let first = try authority(try await request(tag, keeper), keeper)
            // The same request once more: another entry.
            let second = try authority(try await request(tag, keeper), keeper)
            let good = try token(first, "vendor-a", 1, keeper)
            #expect(good.count == 32)
            func refusal(
                _ authority: EnrichmentAuthority, _ vendor: String, _ attempt: Int, _ token: Data
            ) async -> KeyCustodyError.Code? {
                await code {
                    _ = try await keeper.ticketIssuer.issue(
                        on: authority,
                        for: .init(vendor: vendor, attempt: attempt, token: token))
                }
            }
            #expect(await refusal(first, "vendor-a", 1, good) == nil)
            for (authority, vendor, attempt, token) in [
                (first, "vendor-b", 1, good), (first, "vendor-a", 2, good),
                (first, "vendor-a", 0, good), (second, "vendor-a", 1, good),
                (first, "vendor-a", 1, try token(first, "vendor-b", 1, keeper)),
                (first, "vendor-a", 1, try token(second, "vendor-a", 1, keeper)),
                (first, "vendor-a", 1, Data()), (first, "vendor-a", 1, good.dropLast()),
                (first, "vendor-a", 1, Data(count: 32)), (first, "vendor-c", 1, good),
                (first, "", 1, good),
            ] {
                #expect(await refusal(authority, vendor, attempt, token) == .forbidden)
            }
            // Not even with the token that it would have.
            let never = CallbackToken(keeper.hierarchy)
            for (vendor, attempt) in [("vendor-c", 1), ("vendor-a", 4)] {
                let token = never.make(first, vendor: vendor, attempt: attempt)
                #expect(await refusal(first, vendor, attempt, token) == .forbidden)
                let code = await code {
                    _ = try self.token(first, vendor, attempt, keeper)
                }
                #expect(code == .invalid)
            }
        }
    }

    /// Nothing is stored, and nothing has to be: not over a restart, nor over another root.
    @Test func theSameQuestionHasTheSameTokens() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let tag = Sample.tag
        func tokens(_ shown: Shown, _ keeper: KeyCustodian) throws -> [Data] {
            try keeper.ticketIssuer.callbackTokens(
                on: authority(shown, keeper),
                for: [("vendor-a", 1), ("vendor-a", 2), ("vendor-b", 1)])
        }
        let (shown, before, key) = try await fixture.withKeeper { keeper in
            _ = try await keeper.sealed([.sample(tag)])
            let shown = try await request(tag, keeper)
            return (shown, try tokens(shown, keeper), keeper.ticketKey)
        }
        #expect(Set(before).count == 3)
        try await fixture.withKeeper { keeper in
            let restarted = try tokens(shown, keeper)
            #expect(restarted == before)
            let gone = Sample.tag
            _ = try await keeper.sealed([.sample(gone)])
            _ = try await keeper.eraser.erase(
                [try await ErasureOrders(in: entries).order(gone, keeper)])
            let rewrapped = try tokens(shown, keeper)
            #expect(rewrapped == before)
        }
        try await fixture.withKeeper { keeper in
            let again = try tokens(shown, keeper)
            #expect(again == before && keeper.ticketKey == key)
        }
    }

    @Test func nobodyIsGivenATicketForTheErased() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let (tag, never) = (Sample.tag, Sample.tag)
            _ = try await keeper.sealed([.sample(tag)])
            let erased = try authority(try await request(tag, keeper), keeper)
            let token = try token(erased, "vendor-a", 1, keeper)
            let answer = TicketIssuer.Answer(vendor: "vendor-a", attempt: 1, token: token)
            let issuer = keeper.ticketIssuer
            #expect(await code { _ = try await issuer.issue(on: erased, for: answer) } == nil)
            _ = try await keeper.eraser.erase(
                [try await ErasureOrders(in: entries).order(tag, keeper)])
            for answer in [nil, answer] {
                #expect(
                    await code { _ = try await issuer.issue(on: erased, for: answer) }
                        == .notFound)
            }
            let unknown = try authority(try await request(never, keeper), keeper)
            #expect(
                await code { _ = try await issuer.issue(on: unknown, for: nil) } == .notFound)
        }
    }
}
