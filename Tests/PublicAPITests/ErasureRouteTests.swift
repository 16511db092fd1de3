import ContactModel
import Foundation
import HTTPTypes
import LedgerFormat
import ProcessBoundary
import ServiceFakes
import Testing

@testable import PublicAPI

/// What comes of an erasure, and what keeps one from being ordered.
@Suite struct ErasureRouteTests {
    let fixture = APIFixture()
    static let id = "019b76da-a800-7d59-8cd4-bf549b76b091"

    private static let list = WireNoticeList.with { list in
        list.subject = Data(repeating: 1, count: 16)
        list.rows = ["crm-1", "erp-2"].map { recipient in
            .with {
                $0.recipient = recipient
                $0.queued.generation = 1
                $0.queued.index = 7
            }
        }
        list.omitted = 2
    }

    private func contact() async throws -> String {
        try #require(try await fixture.create().json?["id"]?.text)
    }

    private var lastAction: String? { fixture.ledger.appends.last?.audit.action }

    // MARK: - Notices

    @Test func whoIsToBeToldIsReadAndMarkedOnce() async throws {
        fixture.ledger.showErasure(Self.list)
        let path = "/api/v1/dsr/\(Self.id)/notices"
        let reply = try await fixture.send(.get, path, token: "dpo")
        #expect(reply.status == 200, "\(reply.text)")
        #expect(reply.text.contains(#""omittedRecipients":2"#))
        #expect(reply.text.contains(#""state":"QUEUED""#) && !reply.text.contains("NOTIFIED"))
        #expect(lastAction == "dsr.answer")
        let body = #"{"channel":"EMAIL","notifiedAt":"2026-01-31T10:00:00+01:00"}"#
        let told = try await fixture.send(.post, path + "/crm-1", token: "dpo", body: body)
        #expect(told.status == 200, "\(told.text)")
        #expect(told.text.contains(#""notifiedAt":"2026-01-31T09:00:00.000000Z""#))
        let asked = fixture.ledger.calls.compactMap { call -> WireNoteDeliveryRequest? in
            if case .noteDelivery(let request) = call { request } else { nil }
        }
        #expect(asked.map(\.recipient) == ["crm-1"] && asked.map(\.channel) == ["EMAIL"])
        #expect(try asked.map(\.id) == [Data(EntityID(Self.id).bytes)])
        let again = try await fixture.send(.post, path + "/crm-1", token: "dpo", body: body)
        #expect(again.status == 409 && again.code == "conflict", "\(again.text)")
        let stranger = try await fixture.send(.post, path + "/nobody", token: "dpo", body: body)
        #expect(stranger.status == 404 && stranger.code == "not-found")
        for (body, status, code) in [
            ("{}", 400, "missing-field"), (#"{"channel":"PIGEON"}"#, 422, "invalid-channel"),
            (
                #"{"channel":"EMAIL","notifiedAt":"2999-01-01T00:00:00Z"}"#, 422,
                "invalid-timestamp"
            ), (#"{"channel":"EMAIL","x":1}"#, 400, "unknown-field"),
        ] {
            let reply = try await fixture.send(.post, path + "/erp-2", token: "dpo", body: body)
            #expect(reply.status == status && reply.code == code, "\(reply.text)")
        }
        for role in ["enrichment-platform", "auditor", "marketing"] {
            #expect(try await fixture.send(.get, path, token: role).status == 403)
            let reply = try await fixture.send(.post, path + "/erp-2", token: role, body: body)
            #expect(reply.status == 403)
        }
        fixture.ledger.showErasure(nil)
        #expect(try await fixture.send(.get, path, token: "dpo").status == 404)
    }

    // MARK: - The certificate

    private static func document() throws -> Data {
        let tag = try #require(SubjectTag([UInt8](repeating: 1, count: 16)))
        var entries: [SubjectEvidence.Entry] = []
        for (type, payload) in [
            ("ErasureOrdered", "{}"),
            ("SubjectErased", #"{"epochAfter":2,"epochBefore":1,"ordered":0}"#),
        ] {
            let index = UInt64(entries.count)
            let header = try EntryHeader(
                generation: 1, index: index,
                time: LedgerTime(clampingSeconds: 1_790_000_000, nanoseconds: 0), id: id,
                stream: .dsr, type: type, actor: "dpo-1", label: "s1/i1", subject: tag,
                subjectVersion: index + 1, subjectPrevious: index == 0 ? nil : 0,
                previous: index == 0 ? nil : .zero,
                payloadHash: PayloadCommitment.hash(Data(payload.utf8)))
            entries.append(
                SubjectEvidence.Entry(
                    header: Data(header.canonicalBytes()), payload: Data(payload.utf8),
                    receipt: Data("receipt".utf8)))
        }
        let certificate = try ErasureCertificate(
            entries: entries, escrow: nil, origin: #require(LedgerOrigin("test.localhost/g1")),
            issuedAt: LedgerTime(clampingSeconds: 1_790_000_001, nanoseconds: 0))
        let signature = ReceiptSignature(
            keyID: "0123456789abcdef", value: [UInt8](repeating: 7, count: 96), of: .erasure)
        return Data(try certificate.bytes(signature: #require(signature)))
    }

    @Test func theCertificateIsHandedOutAsItIs() async throws {
        let path = "/api/v1/dsr/\(Self.id)/certificate"
        let early = try await fixture.send(.get, path, token: "dpo")
        #expect(early.status == 409 && early.code == "illegal-step", "\(early.text)")
        let document = try Self.document()
        fixture.ledger.showErasure(nil, certificate: document)
        let reply = try await fixture.send(.get, path, token: "dpo")
        #expect(reply.status == 200 && Data(reply.text.utf8) == document)
        let audit = try #require(fixture.ledger.appends.last).audit
        #expect(audit.action == "dsr.answer" && audit.subject == Data(repeating: 1, count: 16))
        fixture.ledger.fail("append", .unavailable)
        #expect(try await fixture.send(.get, path, token: "dpo").status == 503)
        fixture.ledger.fail("append", nil)
        fixture.ledger.showErasure(nil, certificate: document.dropLast())
        #expect(try await fixture.send(.get, path, token: "dpo").status == 500)
        #expect(try await fixture.send(.get, path).status == 403)
    }

    // MARK: - Holds

    @Test func aHoldStopsAnErasureAndItsReleaseLetsIt() async throws {
        let contact = "/api/v1/contacts/\(try await contact())"
        let holds = contact + "/holds"
        let placed = try await fixture.send(
            .post, holds, token: "dpo", headers: ["Idempotency-Key": "k1"],
            body: #"{"reason":"COURT_ORDER","until":"2999-01-01T00:00:00Z"}"#)
        #expect(placed.status == 201, "\(placed.text)")
        let id = try #require(placed.json?["id"]?.text)
        #expect(placed.header("Location") == holds + "/" + id)
        #expect(placed.json?["state"]?.text == "IN_FORCE" && lastAction == "hold.place")
        let replayed = try await fixture.send(
            .post, holds, token: "dpo", headers: ["Idempotency-Key": "k1"],
            body: #"{"reason":"COURT_ORDER","until":"2999-01-01T00:00:00Z"}"#)
        #expect(replayed.status == 201 && replayed.json?["id"]?.text == id)
        let refused = try await fixture.send(.delete, contact, token: "dpo")
        #expect(refused.status == 409 && refused.code == "legal-hold", "\(refused.text)")
        let released = try await fixture.send(.delete, holds + "/" + id, token: "dpo")
        #expect(released.status == 200 && released.json?["state"]?.text == "RELEASED")
        #expect(lastAction == "hold.release")
        let twice = try await fixture.send(.delete, holds + "/" + id, token: "dpo")
        #expect(twice.status == 404 && twice.code == "not-found")
        let list = try await fixture.send(.get, holds, token: "dpo")
        #expect(list.status == 200 && list.text.contains("RELEASED") && lastAction == "hold.read")
        let erased = try await fixture.send(.delete, contact, token: "dpo")
        #expect(erased.status == 200, "\(erased.text)")
        let erasure = try #require(erased.json?["erasureId"]?.text)
        #expect(
            erased.json?["certificate"]?.text == "/api/v1/dsr/\(erasure)/certificate")
        #expect(try await fixture.send(.get, holds, token: "dpo").status == 404)
    }

    @Test(arguments: [
        ("{}", 400, "missing-field"), (#"{"reason":"WHIM"}"#, 422, "invalid-reason"),
        (#"{"reason":"COURT_ORDER","until":"soon"}"#, 422, "invalid-timestamp"),
        (#"{"reason":"COURT_ORDER","until":"2020-01-01T00:00:00Z"}"#, 422, "invalid-timestamp"),
        (#"{"reason":"COURT_ORDER","x":1}"#, 400, "unknown-field"),
    ])
    func whatIsNoHoldIsRefused(body: String, status: Int, code: String) async throws {
        let holds = "/api/v1/contacts/\(try await contact())/holds"
        let reply = try await fixture.send(.post, holds, token: "dpo", body: body)
        #expect(reply.status == status && reply.code == code, "\(reply.text)")
        for role in ["enrichment-platform", "crm-sync", "administrator"] {
            let refused = try await fixture.send(.post, holds, token: role, body: body)
            #expect(refused.status == 403, "\(role)")
        }
        let nobody = "/api/v1/contacts/3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c/holds"
        let missing = try await fixture.send(
            .post, nobody, token: "dpo", body: #"{"reason":"COURT_ORDER"}"#)
        #expect(missing.status == 404)
    }
}
