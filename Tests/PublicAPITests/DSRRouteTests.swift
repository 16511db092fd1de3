import ContactModel
import Foundation
import HTTPTypes
import LedgerFormat
import ProcessBoundary
import ServiceFakes
import Testing

@testable import PublicAPI

@Suite struct DSRRouteTests {
    let fixture = APIFixture()
    static let request = "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c"

    /// What the ledger has to show of a request.
    private func show(
        _ kind: DSRKind, _ state: DSRState, contact: String, purposes: [String] = []
    ) throws {
        let id = try EntityID(contact)
        fixture.ledger.show(
            .with { response in
                response.contactID = Data(id.bytes)
                response.request.requestID = Data((try? EntityID(Self.request))?.bytes ?? [])
                response.request.subject = Data(repeating: 1, count: 16)
                response.request.kind = kind.rawValue
                response.request.state = state.rawValue
                response.request.receivedAt = "2026-01-31T10:00:00.000000Z"
                response.request.jurisdiction = "DE"
                response.request.channel = "EMAIL"
                response.request.purposeCodes = purposes
            })
    }

    private func contact() async throws -> String {
        try #require(try await fixture.create().json?["id"]?.text)
    }

    private func post(
        _ path: String, _ body: String, token: String = "dpo", headers: [String: String?] = [:]
    ) async throws -> Reply {
        try await fixture.send(
            .post, "/api/v1/dsr/\(path)", token: token, headers: headers, body: body)
    }

    /// Types of the entries of the newest append, and its audit action.
    private var appended: (types: [String], action: String)? {
        fixture.ledger.appends.last.map { append in
            (append.mutations.flatMap(\.entries).map(\.type), append.audit.action)
        }
    }

    @Test(arguments: DSRRoutes.kinds.map(\.path))
    func everyKindIsFiledByIdOrByEmail(path: String) async throws {
        let kind = try #require(DSRRoutes.kinds.first { $0.path == path }).kind
        let contact = try await contact()
        try show(kind, .received, contact: contact)
        let purposes = kind.namesPurposes ? #","purposeCodes":["sales"]"# : ""
        for person in [#""contactId":"\#(contact)""#, #""email":"Jane@Example.com""#] {
            for token in ["dpo", "enrichment-platform"] {
                let reply = try await post(
                    path,
                    #"{\#(person),"jurisdiction":"DE","channel":"EMAIL","words":"please"\#(purposes)}"#,
                    token: token)
                #expect(reply.status == 201, "\(reply.text)")
                #expect(reply.header("Location") == "/api/v1/dsr/\(Self.request)")
                #expect(reply.header("Link")?.contains("rel=\"receipt\"") == true)
                #expect(appended?.types == ["DSRReceived"] && appended?.action == "dsr.file")
                let payload = try #require(
                    fixture.ledger.appends.last?.mutations.first?.entries.first?.payload)
                let event = try EventCoding.decode(DSRReceived.self, from: payload)
                #expect(event.kind == kind && event.words != nil)
                #expect(!String(decoding: payload, as: UTF8.self).contains("please"))
            }
        }
    }

    @Test(arguments: [
        ("{}", 400, "missing-field"),
        (
            #"{"contactId":"ID","email":"a@b.example","jurisdiction":"DE","channel":"EMAIL"}"#, 400,
            "missing-field"
        ),
        (#"{"contactId":"x","jurisdiction":"DE","channel":"EMAIL"}"#, 422, "invalid-id"),
        (#"{"contactId":"ID","jurisdiction":"de","channel":"EMAIL"}"#, 422, "invalid-jurisdiction"),
        (#"{"contactId":"ID","jurisdiction":"DE","channel":"PIGEON"}"#, 422, "invalid-channel"),
        (
            #"{"contactId":"ID","jurisdiction":"DE","channel":"EMAIL","words":""}"#, 422,
            "invalid-words"
        ),
        (
            #"{"contactId":"ID","jurisdiction":"DE","channel":"EMAIL","receivedAt":"2999-01-01T00:00:00Z"}"#,
            422, "invalid-timestamp"
        ),
        (
            #"{"contactId":"ID","jurisdiction":"DE","channel":"EMAIL","purposeCodes":["sales"]}"#,
            422, "invalid-purpose"
        ),
        (#"{"contactId":"ID","jurisdiction":"DE","channel":"EMAIL","x":1}"#, 400, "unknown-field"),
        (
            #"{"email":"nobody@example.com","jurisdiction":"DE","channel":"EMAIL"}"#, 404,
            "not-found"
        ),
    ])
    func whatCannotBeFiledIsRefusedAndAudited(
        body: String, status: Int, code: String
    ) async throws {
        let contact = try await contact()
        try show(.access, .received, contact: contact)
        let reply = try await post("access", body.replacing("ID", with: contact))
        #expect(reply.status == status && reply.code == code, "\(reply.text)")
        #expect(!reply.text.contains("nobody@"))
        let audit = try #require(fixture.ledger.appends.last).audit
        #expect(audit.action == "dsr.file" && audit.reason == code)
    }

    static let works: [(String, String, DSRKind, DSRState, [String])] = [
        (
            "identity", #"{"method":"EMAIL_CONFIRMED","evidenceRef":"case 7"}"#, .access,
            .received, ["DSRIdentityVerified"]
        ),
        ("start", "{}", .access, .identityVerified, ["DSRStarted"]),
        ("refuse", #"{"reasons":["EXCESSIVE"]}"#, .access, .received, ["DSRCompleted"]),
        ("cancel", #"{"reason":"WITHDRAWN"}"#, .access, .received, ["DSRCancelled"]),
        ("complete", "{}", .access, .inProgress, ["DSRCompleted"]),
        ("complete", "{}", .restrict, .inProgress, ["ProcessingRestricted", "DSRCompleted"]),
        ("complete", "{}", .object, .inProgress, ["ObjectionRecorded", "DSRCompleted"]),
        (
            "complete", "{}", .objectToAutomatedMerging, .inProgress,
            ["ObjectionRecorded", "DSRCompleted"]
        ),
        (
            "complete", #"{"reasons":["LEGAL_HOLD","ART17_3E_LEGAL_CLAIMS"]}"#, .delete,
            .inProgress, ["DSRCompleted"]
        ),
        (
            "complete",
            #"{"attributes":[{"attributeType":"jobTitle","value":"CTO","confidence":1,"sourceType":"DATA_SUBJECT"}]}"#,
            .rectify, .inProgress, ["ProvenanceRecorded", "AttributeEnriched", "DSRCompleted"]
        ),
        ("lift", "{}", .restrict, .completed, ["ProcessingRestrictionLifted"]),
    ]

    @Test(arguments: works)
    func eachStepIsAppendedWithWhatItDoes(
        path: String, body: String, kind: DSRKind, state: DSRState, types: [String]
    ) async throws {
        try show(
            kind, state, contact: try await contact(), purposes: kind == .object ? ["sales"] : [])
        let reply = try await post("\(Self.request)/\(path)", body)
        #expect(reply.status == 200, "\(reply.text)")
        #expect(appended?.types == types && appended?.action == "dsr.work")
        for role in ["enrichment-platform", "auditor", "crm-sync", "administrator", "operator"] {
            let refused = try await post("\(Self.request)/\(path)", body, token: role)
            #expect(refused.status == 403 && refused.code == "forbidden", "\(role)")
        }
    }

    @Test(arguments: [
        ("start", "{}", DSRKind.access, DSRState.received),
        ("complete", "{}", .access, .identityVerified), ("complete", "{}", .delete, .inProgress),
        ("extend", #"{"reason":"COMPLEXITY"}"#, .access, .received),
        ("complete", #"{"reasons":["LEGAL_HOLD"]}"#, .access, .inProgress),
        ("refuse", #"{"reasons":[]}"#, .access, .inProgress),
        ("cancel", #"{"reason":"WITHDRAWN"}"#, .access, .completed),
    ])
    func aStepThatLeadsNowhereIs409AndAppendsNothing(
        path: String, body: String, kind: DSRKind, state: DSRState
    ) async throws {
        try show(kind, state, contact: try await contact())
        let reply = try await post("\(Self.request)/\(path)", body)
        #expect(reply.status == 409 && reply.code == "illegal-step", "\(reply.text)")
        #expect(appended?.types == [])
        #expect(fixture.ledger.appends.last?.audit.reason == "illegal-step")
    }

    @Test(arguments: [
        ("identity", #"{"method":"GUESS"}"#, 422, "invalid-identity-check"),
        ("extend", #"{"reason":"LAZY"}"#, 422, "invalid-reason"),
        ("refuse", "{}", 400, "missing-field"), ("start", #"{"x":1}"#, 400, "unknown-field"),
        ("complete", #"{"attributes":[{}]}"#, 400, "missing-field"),
        ("refuse", #"{"reasons":[7]}"#, 400, "wrong-type"),
    ])
    func whatIsNoStepIsRefused(
        path: String, body: String, status: Int, code: String
    ) async throws {
        try show(.access, .received, contact: try await contact())
        let reply = try await post("\(Self.request)/\(path)", body)
        #expect(reply.status == status && reply.code == code, "\(reply.text)")
    }

    @Test func onlyACorrectionBringsAttributes() async throws {
        try show(.access, .inProgress, contact: try await contact())
        let reply = try await post(
            "\(Self.request)/complete",
            #"{"attributes":[{"attributeType":"jobTitle","value":"CTO","confidence":1,"sourceType":"DATA_SUBJECT"}]}"#
        )
        #expect(reply.status == 422 && reply.code == "invalid-attributes", "\(reply.text)")
    }

    @Test func aRequestIsReadAfterItsAuditEntry() async throws {
        try show(.access, .received, contact: try await contact())
        let path = "/api/v1/dsr/\(Self.request)"
        let reply = try await fixture.send(.get, path, token: "dpo")
        #expect(reply.status == 200, "\(reply.text)")
        #expect(
            reply.json?.names == [
                "id", "contactId", "kind", "state", "receivedAt", "due", "extended",
                "jurisdiction", "channel",
            ])
        #expect(reply.json?["due"]?.text == "2026-02-28")
        #expect(appended?.action == "dsr.read")
        fixture.ledger.fail("append", .unavailable)
        let closed = try await fixture.send(.get, path, token: "dpo")
        #expect(closed.status == 503 && closed.json?["kind"] == nil)
        fixture.ledger.fail("append", nil)
        fixture.ledger.show(nil)
        #expect(try await fixture.send(.get, path, token: "dpo").status == 404)
        #expect(try await fixture.send(.get, "/api/v1/dsr/x", token: "dpo").status == 404)
    }

    @Test func theQueueGoesOnByItsCursor() async throws {
        fixture.ledger.show(
            nil,
            .with {
                $0.nextDue = "2026-02-28"
                $0.nextPosition = 71
            })
        let first = try await fixture.send(
            .get, "/api/v1/dsr?due=2026-03-01&state=RECEIVED&limit=2", token: "dpo")
        let next = try #require(first.json?["next"]?.text)
        _ = try await fixture.send(.get, "/api/v1/dsr?cursor=\(next)", token: "dpo")
        let asked = fixture.ledger.calls.compactMap { call -> WireListDSRRequest? in
            if case .listRequests(let request) = call { request } else { nil }
        }
        #expect(asked.map(\.due) == ["2026-03-01", ""] && asked.map(\.limit) == [2, 50])
        #expect(asked.map(\.state) == ["RECEIVED", ""])
        #expect(asked.map(\.afterDue) == ["", "2026-02-28"])
        #expect(asked.map(\.afterPosition) == [0, 71])
        for query in [
            "due=soon", "state=DONE", "limit=0", "limit=201", "cursor=x", "cursor=2026-02-28.+7",
            "cursor=2026-02-30.7", "x=1",
        ] {
            let reply = try await fixture.send(.get, "/api/v1/dsr?\(query)", token: "dpo")
            #expect(reply.status == 400 && reply.code == "invalid-parameter", "\(query)")
        }
        #expect(try await fixture.send(.get, "/api/v1/dsr").status == 403)
    }

    @Test(
        arguments: [
            (nil, "application/json"), ("*/*", "application/json"), ("text/csv", "text/csv"),
            ("text/vcard", "text/vcard"),
            ("application/jscontact+json", "application/jscontact+json"),
            ("text/*;q=0.5, text/vcard", "text/vcard"),
        ] as [(String?, String)])
    func portableDataComesInTheFormatAskedFor(accept: String?, type: String) async throws {
        try show(.portability, .inProgress, contact: try await contact())
        let reply = try await fixture.send(
            .get, "/api/v1/dsr/\(Self.request)/answer", token: "dpo", headers: ["Accept": accept])
        #expect(reply.status == 200, "\(reply.text)")
        #expect(reply.header("Content-Type")?.split(separator: ";").first.map(String.init) == type)
        #expect(reply.header("Vary") == "Accept")
        #expect(reply.text.contains("jane@example.com") && reply.text.contains("Jane Doe"))
        #expect(appended?.action == "dsr.answer")
    }

    @Test func anAccessAnswerTellsWhatArticle15Lists() async throws {
        try show(.access, .inProgress, contact: try await contact())
        let path = "/api/v1/dsr/\(Self.request)/answer"
        let reply = try await fixture.send(.get, path, token: "dpo")
        #expect(
            reply.json?.names == [
                "requestId", "contact", "purposes", "categories", "recipients", "storagePeriod",
                "rights",
                "sources", "automatedMerging", "restricted", "objections",
            ], "\(reply.text)")
        #expect(reply.json?["contact"]?["email"]?.text == "jane@example.com")
        fixture.ledger.fail("append", .unavailable)
        let closed = try await fixture.send(.get, path, token: "dpo")
        #expect(closed.status == 503 && !closed.text.contains("jane"))
    }

    @Test func dataIsToldOnceItsPersonIsKnownAndToNobodyElse() async throws {
        let contact = try await contact()
        let path = "/api/v1/dsr/\(Self.request)/answer"
        for state in DSRState.allCases {
            try show(.access, state, contact: contact)
            let isTold = [.inProgress, .completed, .partiallyCompleted].contains(state)
            let reply = try await fixture.send(.get, path, token: "dpo")
            #expect(reply.status == (isTold ? 200 : 409), "\(state)")
            #expect(reply.text.contains("jane@") == isTold)
        }
        for kind in DSRKind.allCases where kind.effect != .disclosure {
            try show(kind, .inProgress, contact: contact, purposes: ["sales"])
            let reply = try await fixture.send(.get, path, token: "dpo")
            #expect(reply.status == 409 && reply.code == "illegal-step")
        }
        for name in ["answer", "evidence"] {
            for role in ["enrichment-platform", "auditor", "crm-sync", "administrator"] {
                let reply = try await fixture.send(
                    .get, "/api/v1/dsr/\(Self.request)/\(name)", token: role)
                #expect(reply.status == 403)
            }
        }
    }
}
