import Foundation
import Testing

extension ProcessTests {
    /// To whom a contact's data was given, from the consent to the erasure.
    @Suite(.serialized, .runningStack)
    struct Sharing {
        static let path = "/api/v1/sharing"

        let stack: Stack
        let api: API

        init() throws {
            stack = try #require(Stack.current)
            api = stack.api
        }

        private func contact(_ label: String = "s1/i1") async throws -> String {
            let email = "shared-\(UUID().uuidString.lowercased())@example.com"
            let body = String(API.contact(email: email).dropLast()) + #","label":"\#(label)"}"#
            let token =
                label == "s1/i1"
                ? api.platform : try stack.home.token("enrichment-platform", clearance: label)
            let reply = try await api.create(body, token: token)
            return try #require(reply.json?["id"]?.string, "\(reply.text)")
        }

        private func share(
            _ contact: String, with recipient: String, by token: String? = nil,
            attributes: String = #"["email","fullName"]"#, purpose: String = "sales",
            basis: String = "GDPR_ART6_1A", key: String? = nil
        ) async throws -> API.Reply {
            let body =
                #"{"contactId":"\#(contact)","recipient":{"id":"\#(recipient)","name":"Mailer Ltd, Çorum"},"#
                + #""purpose":"\#(purpose)","legalBasis":"\#(basis)","attributes":\#(attributes)}"#
            var headers = ["Content-Type": "application/json", "X-Purpose": purpose]
            headers["Idempotency-Key"] = key
            return try await api.send(
                .POST, Self.path, token: token ?? api.platform, headers: headers,
                body: Array(body.utf8))
        }

        private func get(_ path: String, _ token: String? = nil) async throws -> API.Reply {
            try await api.send(.GET, Self.path + path, token: token ?? api.officer)
        }

        private func ids(_ path: String, _ token: String? = nil) async throws -> [String] {
            let reply = try await get(path, token)
            try #require(reply.status == 200, "\(reply.text)")
            return reply.json?["sharings"]?.array?.compactMap { $0["id"]?.string } ?? []
        }

        private func revoke(_ id: String, _ token: String? = nil) async throws -> API.Reply {
            try await api.send(.PUT, Self.path + "/\(id)/revoke", token: token ?? api.officer)
        }

        @Test func itOutlivesACrashAndARebuildAndNotTheContact() async throws {
            let recipient = "mailer-\(UUID().uuidString.lowercased().prefix(8))"
            let (ada, ben) = (try await contact(), try await contact())
            let first = try await share(ada, with: recipient, key: "share-\(ada)")
            try #require(first.status == 201, "\(first.text)")
            let id = try #require(first.json?["id"]?.string)
            #expect(first.headers.first(name: "Location") == "\(Self.path)/\(id)")
            let other = try await share(ben, with: recipient, by: api.officer)
            let otherID = try #require(other.json?["id"]?.string, "\(other.text)")
            #expect(try await ids("/contact/\(ada)") == [id])
            #expect(try await ids("/recipient/\(recipient)") == [otherID, id])
            let revoked = try await revoke(id)
            #expect(revoked.status == 200 && revoked.json?["state"]?.string == "revoked")
            #expect(try await revoke(id).body == revoked.body)

            func answers() async throws -> [String] {
                var answers: [String] = []
                for path in ["/contact/\(ada)", "/recipient/\(recipient)", "/\(id)"] {
                    answers.append(try await get(path).text)
                }
                return answers
            }
            let before = try await answers()
            #expect(before[1].contains("Mailer Ltd, Çorum"))
            let pids = try stack.home.pids()
            for daemon in ["chancery-gateway", "chancery-ledger", "chancery-keeper"] {
                try stack.home.killNine(pids[daemon])
            }
            try stack.up()
            #expect(try await answers() == before)
            let again = try await share(ada, with: recipient, key: "share-\(ada)")
            #expect(again.status == 201 && again.json?["id"]?.string == id, "\(again.text)")
            let rebuilt = try stack.home.chancery("rebuild")
            #expect(rebuilt.status == 0, "\(rebuilt.said)")
            #expect(try await answers() == before)

            let erased = try await api.send(
                .DELETE, "/api/v1/contacts/\(ada)", token: api.officer)
            #expect(erased.status == 200, "\(erased.text)")
            #expect(try await ids("/recipient/\(recipient)") == [otherID])
            for path in ["/contact/\(ada)", "/\(id)"] {
                #expect(try await get(path).status == 404)
            }
            #expect(try await revoke(id).status == 404)
            let sealed = try stack.home.chancery("seal")
            #expect(sealed.status == 0, "\(sealed.said)")
            let anew = try stack.home.chancery("rebuild")
            #expect(anew.status == 0, "\(anew.said)")
            #expect(try await ids("/recipient/\(recipient)") == [otherID])
            try stack.requireVerified("after a shared contact was erased")
        }

        @Test func itIsRefusedWithoutABasis() async throws {
            let ada = try await contact()
            for (purpose, basis) in [("support", "GDPR_ART6_1A"), ("sales", "GDPR_ART6_1F")] {
                let reply = try await share(ada, with: "mailer", purpose: purpose, basis: basis)
                #expect(reply.status == 403, "\(reply.text)")
                #expect(reply.json?["code"]?.string == "purpose-not-covered")
            }
            let phone = try await share(ada, with: "mailer", attributes: #"["phone"]"#)
            #expect(phone.status == 422 && phone.json?["code"]?.string == "invalid-attributes")
            let line =
                #"{"op":"grantConsent","idempotencyKey":"\#(UUID().uuidString)","contactId":"\#(ada)","#
                + #""body":{"consentType":"OPT_OUT","legalBasis":"GDPR_ART6_1A","purposeCodes":["sales"]}}"#
            #expect(try await api.mutate([line]).lines.first?["status"]?.number == 201)
            #expect(try await share(ada, with: "mailer").status == 403)
            #expect(try await ids("/contact/\(ada)").isEmpty)
        }

        @Test func whoMayNotDoesNot() async throws {
            let ada = try await contact()
            let reply = try await share(ada, with: "mailer-roles")
            let id = try #require(reply.json?["id"]?.string, "\(reply.text)")
            for role in ["crm-sync", "marketing", "auditor", "verifier", "operator"] {
                let token = try stack.home.token(role, subject: "other-\(role)")
                #expect(try await share(ada, with: "mailer-roles", by: token).status == 403)
                #expect(try await revoke(id, token).status == 403)
                for path in ["/\(id)", "/contact/\(ada)", "/recipient/mailer-roles"] {
                    #expect(try await get(path, token).status == 403, "\(role) \(path)")
                }
            }
            #expect(try await ids("/recipient/mailer-roles", api.platform) == [id])
        }

        /// Whoever the contact is not there for finds neither it nor that it was shared.
        @Test func aLowClearanceSeesNothing() async throws {
            let recipient = "vault-\(UUID().uuidString.lowercased().prefix(8))"
            let (open, secret) = (try await contact(), try await contact("s3:c7/i1"))
            let cleared = try stack.home.token("enrichment-platform", clearance: "s0/i1-s3:c7/i1")
            for contact in [open, secret, open, secret] {
                let reply = try await share(contact, with: recipient, by: cleared)
                #expect(reply.status == 201, "\(reply.text)")
            }
            let all = try await ids("/recipient/\(recipient)", cleared)
            #expect(all.count == 4)
            let seen = try await ids("/recipient/\(recipient)?limit=2")
            #expect(seen == [all[1], all[3]])
            let page = try await get("/recipient/\(recipient)?limit=2")
            #expect(page.json?["next"] == nil && !page.text.contains(secret))
            let hidden = try await get("/contact/\(secret)")
            let unknown = try await get("/contact/\(UUID().uuidString.lowercased())")
            #expect(hidden.status == 404 && hidden.json?["detail"] == unknown.json?["detail"])
            #expect(try await get("/\(all[0])").status == 404)
            #expect(try await revoke(all[0]).status == 404)
            #expect(try await share(secret, with: recipient, by: api.officer).status == 404)
        }
    }
}
