import Foundation
import Testing

extension ProcessTests {
    /// Raising and endorsing, by a trusted subject, and what becomes of who sees the contact.
    @Suite(.serialized, .runningStack)
    struct Relabel {
        let stack: Stack
        let api: API
        /// Trusted with all but compartments from c10 on.
        let officer: String

        init() throws {
            stack = try #require(Stack.current)
            api = stack.api
            officer = try Self.officer(stack, "s0/i2-s3:c0.c9/i0")
        }

        /// Bound to the officer's certificate.
        static func officer(_ stack: Stack, _ clearance: String) throws -> String {
            try stack.home.token(
                "dpo", subject: API.officerName, clearance: clearance,
                certificate: stack.api.officerCertificate)
        }

        func create(_ label: String = "s1/i1") async throws -> (id: String, email: String) {
            let email = "relabel-\(UUID().uuidString.lowercased())@example.com"
            let body =
                String(API.contact(email: email).dropLast())
                + #","attributes":[{"attributeType":"jobTitle","value":"Archivist","confidence":0.9,"#
                + #""sourceType":"DATA_SUBJECT"}],"label":"\#(label)"}"#
            let token =
                label == "s1/i1"
                ? api.platform
                : try stack.home.token("enrichment-platform", clearance: label)
            let reply = try await api.create(body, token: token)
            return (try #require(reply.json?["id"]?.string, "\(reply.text)"), email)
        }

        func relabel(
            _ id: String, to label: String, by token: String? = nil, key: String? = nil
        ) async throws -> API.Reply {
            var headers = ["Content-Type": "application/json"]
            headers["Idempotency-Key"] = key
            return try await api.send(
                .POST, "/api/v1/contacts/\(id)/relabel", token: token ?? officer, headers: headers,
                body: Array(#"{"label":"\#(label)","reason":"case 7"}"#.utf8))
        }

        private func reader(_ clearance: String) throws -> String {
            try stack.home.token("crm-sync", subject: "reader", clearance: clearance)
        }

        private func get(_ id: String, _ token: String? = nil) async throws -> API.Reply {
            try await api.get("/api/v1/contacts/\(id)", token: token)
        }

        @Test func raisingHidesAContactFromAReaderWhoSawIt() async throws {
            let ada = try await create()
            #expect(try await get(ada.id).json?["label"]?.string == "s1/i1")
            let raised = try await relabel(ada.id, to: "s2:c3/i1")
            try #require(raised.status == 200, "\(raised.text)")
            let (hidden, unknown) = (
                try await get(ada.id), try await get(UUID().uuidString.lowercased())
            )
            #expect(hidden.status == 404 && unknown.status == 404)
            #expect(hidden.json?["detail"] == unknown.json?["detail"])
            #expect(try await api.find(email: ada.email).found.isEmpty)
            // The platform adds nothing to it any more, either.
            let line =
                #"{"op":"grantConsent","idempotencyKey":"\#(UUID().uuidString)","contactId":"\#(ada.id)","#
                + #""body":{"consentType":"EXPLICIT_OPT_IN","legalBasis":"GDPR_ART6_1A","purposeCodes":["sales"]}}"#
            #expect(try await api.mutate([line]).lines.first?["status"]?.number == 404)
            let seen = try await get(ada.id, reader("s2:c3/i1"))
            #expect(seen.json?["label"]?.string == "s2:c3/i1", "\(seen.text)")
            #expect(seen.json?["email"]?.string == ada.email)
            #expect(seen.json?["fullName"]?.string == "Théodora Özdemir")
            let attribute = seen.json?["attributes"]?.array?.first
            #expect(attribute?["value"]?.string == "Archivist")
            #expect(attribute?["label"]?.string == "s2:c3/i1")
            try stack.requireVerified("after a relabel")
        }

        @Test func endorsingShowsAContactToWhoTrustsVerifiedDataAlone() async throws {
            let ada = try await create()
            let strict = try reader("s1/i2")
            #expect(try await get(ada.id, strict).status == 404)
            let endorsed = try await relabel(ada.id, to: "s1/i2")
            try #require(endorsed.status == 200, "\(endorsed.text)")
            let seen = try await get(ada.id, strict)
            #expect(seen.json?["email"]?.string == ada.email, "\(seen.text)")
            #expect(seen.json?["attributes"]?.array?.first?["label"]?.string == "s1/i2")
            // Others read what is trusted more; who is trusted less changes nothing of it.
            #expect(try await get(ada.id).status == 200)
            let line =
                #"{"op":"addAttributes","idempotencyKey":"\#(UUID().uuidString)","contactId":"\#(ada.id)","#
                + #""body":{"attributes":[{"attributeType":"x-a","value":"v","confidence":1,"sourceType":"DATA_SUBJECT"}]}}"#
            #expect(try await api.mutate([line]).lines.first?["status"]?.number == 403)
        }

        @Test func whoMayNotIsRefusedAndALabelIsNeverLowered() async throws {
            let ada = try await create("s2:c3/i1")
            for token in [api.auditor, api.operatorToken] {
                #expect(try await relabel(ada.id, to: "s3:c3/i1", by: token).status == 403)
            }
            let platform = try stack.home.token(
                "enrichment-platform", clearance: "s0/i2-s3:c0.c9/i0")
            #expect(try await relabel(ada.id, to: "s3:c3/i1", by: platform).status == 403)
            // Whom the contact is not there for.
            #expect(try await relabel(ada.id, to: "s3:c3/i1", by: api.officer).status == 404)
            let narrow = try Self.officer(stack, "s2/i2-s2:c3/i1")
            #expect(try await relabel(ada.id, to: "s3:c3/i1", by: narrow).status == 403)
            for lower in ["s1:c3/i1", "s2/i1", "s2:c3/i0", "s3:c3/i0", "s1:c3/i2"] {
                let reply = try await relabel(ada.id, to: lower)
                #expect(reply.status == 403, "\(lower): \(reply.text)")
                #expect(reply.json?["code"]?.string == "label-lowered")
            }
            #expect(try await relabel(ada.id, to: "s2:c3/i1").status == 409)
            #expect(try await relabel(ada.id, to: "s3:c3,c10/i1").status == 403)
            #expect(
                try await get(ada.id, reader("s2:c3/i1")).json?["label"]?.string == "s2:c3/i1")
        }

        @Test func aStolenTokenRelabelsNothing() async throws {
            let ada = try await create()
            let free = try stack.home.token("dpo", clearance: "s0/i2-s3:c0.c9/i0")
            let refused = try await relabel(ada.id, to: "s2/i1", by: free)
            #expect(refused.status == 401, "\(refused.text)")
            #expect(refused.json?["code"]?.string == "certificate-required")
            #expect(try await get(ada.id).json?["label"]?.string == "s1/i1")
        }

        /// Under the actor's name and label, with the contact's tag, beside the entry that it tells of.
        @Test func aRelabelStandsInTheLedgerWithItsAuditEntry() async throws {
            let ada = try await create()
            let first = try await relabel(ada.id, to: "s2:c3/i2", key: "relabel-\(ada.id)")
            let again = try await relabel(ada.id, to: "s2:c3/i2", key: "relabel-\(ada.id)")
            #expect(first.status == 200 && again.status == 200 && first.body == again.body)
            #expect(again.headers.first(name: "Idempotent-Replayed") == "true")
            let index = try #require(first.json?["receipt"]?["index"]?.number)
            let auditor = try stack.home.token("verifier", clearance: "s3:c0.c9,c1023/i0")
            func entry(_ index: Int) async throws -> (header: JSON, payload: JSON) {
                let reply = try await api.get("/api/v1/ledger/entries/\(index)", token: auditor)
                let base64 = try #require(reply.json?["payload"]?.string, "\(reply.text)")
                #expect(!reply.text.contains(ada.email))
                return (
                    try #require(reply.json?["header"]),
                    try #require(Data(base64Encoded: base64).flatMap { JSON($0) })
                )
            }
            let relabelled = try await entry(index)
            #expect(relabelled.header["type"]?.string == "ContactRelabelled")
            #expect(relabelled.header["label"]?.string == "s2:c3/i2")
            #expect(relabelled.header["actor"]?.string == API.officerName)
            #expect(relabelled.payload["fromLabel"]?.string == "s1/i1")
            #expect(relabelled.payload["reason"]?.string == "case 7")
            let audit = try await entry(index + 1)
            #expect(audit.header["label"]?.string == "s3:c0.c9,c1023/i0")
            #expect(audit.header["subject"] == relabelled.header["subject"])
            #expect(audit.payload["action"]?.string == "contact.relabel")
            #expect(audit.payload["principal"]?.string == API.officerName)
            #expect(audit.payload["policyIds"]?.array?.map(\.string) == ["dpo.contacts"])
            let narrow = try await api.get("/api/v1/ledger/entries/\(index)", token: api.auditor)
            #expect(narrow.status == 404)
        }

        @Test func aRebuildGivesTheSameAnswers() async throws {
            let (ada, bob) = (try await create(), try await create())
            #expect(try await relabel(ada.id, to: "s2:c3/i1").status == 200)
            #expect(try await relabel(bob.id, to: "s1/i2").status == 200)
            #expect(try await relabel(bob.id, to: "s2/i2").status == 200)
            let tokens = try ["s1/i1", "s1/i2", "s2/i2", "s2:c3/i1", "s3:c3/i0"].map(reader)
            func answers() async throws -> [String] {
                var answers: [String] = []
                for token in tokens {
                    for id in [ada.id, bob.id] {
                        let reply = try await get(id, token)
                        answers.append(reply.status == 200 ? reply.text : "\(reply.status)")
                    }
                }
                return answers
            }
            let before = try await answers()
            #expect(Set(before).count > 2)
            let rebuilt = try stack.home.chancery("rebuild")
            #expect(rebuilt.status == 0, "\(rebuilt.said)")
            #expect(try await answers() == before)
        }

        @Test func aRelabelledContactIsForgottenLikeAnyOther() async throws {
            let ada = try await create()
            #expect(try await relabel(ada.id, to: "s1/i2").status == 200)
            let erased = try await api.send(
                .DELETE, "/api/v1/contacts/\(ada.id)", token: api.officer)
            #expect(erased.status == 200, "\(erased.text)")
            #expect(try await get(ada.id, officer).status == 404)
            #expect(try await relabel(ada.id, to: "s2/i2").status == 404)
            let sealed = try stack.home.chancery("seal")
            #expect(sealed.status == 0, "\(sealed.said)")
            let rebuilt = try stack.home.chancery("rebuild")
            #expect(rebuilt.status == 0, "\(rebuilt.said)")
            #expect(try await get(ada.id, officer).status == 404)
            try stack.requireVerified("after a relabelled contact was erased")
        }
    }
}
