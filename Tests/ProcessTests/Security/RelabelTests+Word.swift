import ContactModel
import Foundation
import ProcessBoundary
import Testing

/// The ledger opens no value: that a relabel keeps what it replaces is the keeper's word.
extension ProcessTests.Relabel {
    /// With these, under the default label.
    private func create(name: String?, attributes: [String]) async throws -> (
        id: String, email: String
    ) {
        let email = "word-\(UUID().uuidString.lowercased())@example.com"
        let list = attributes.map {
            #"{"attributeType":"x-\#($0)","value":"\#($0)","confidence":1,"sourceType":"DATA_SUBJECT"}"#
        }
        let name = name.map { #""fullName":"\#($0)","# } ?? ""
        let reply = try await api.create(
            #"{"email":"\#(email)",\#(name)"consentType":"DOUBLE_OPT_IN","legalBasis":"GDPR_ART6_1A","#
                + #""purposeCodes":["sales"],"attributes":[\#(list.joined(separator: ","))]}"#)
        return (try #require(reply.json?["id"]?.string, "\(reply.text)"), email)
    }

    /// Encrypted by the keeper for the same person, under the new label, with another caller's credential.
    private func substitute(
        _ text: String, for row: WireContactRow, under label: String, _ peer: DaemonPeer
    ) async throws -> EncryptedValue {
        let token = try stack.home.token("enrichment-platform", clearance: label)
        let reply = try await peer.ask(
            .encrypt(
                .with {
                    $0.credential = Data(token.utf8)
                    $0.items = [
                        .with {
                            $0.binding.subject = row.head.subject
                            $0.binding.entity = row.email.entity
                            $0.binding.field = "email"
                            $0.binding.label = label
                            $0.plaintext = Data(text.utf8)
                        }
                    ]
                }))
        return try #require(reply.encrypt.items.first.flatMap { EncryptedValue($0.value) })
    }

    @Test func noValueIsLostOrReplacedByARelabel() async throws {
        let ada = try await create(name: "Ada", attributes: ["one", "two"])
        let bob = try await create(name: "Bob", attributes: ["one", "two"])
        try await withPeer { peer in
            let row = try await self.row(ada.id, officer, peer)
            let right = try await draft(row, to: "s2/i1", peer)
            let other = try await draft(self.row(bob.id, officer, peer), to: "s2/i1", peer)
            let raised = try await draft(row, to: "s2/i2", peer)
            let again = try await draft(row, to: "s2/i1", peer)
            let foreign = try await substitute("eve@example.com", for: row, under: "s2/i1", peer)
            let garbage = try #require(
                EncryptedValue(
                    authTag: Data((0..<16).map { _ in UInt8.random(in: 0...255) }),
                    ciphertext: right.event.email.ciphertext, iv: right.event.email.iv,
                    keyId: right.event.email.keyId))
            var lies: [(String, Draft)] = []
            func lie(_ name: String, _ change: (inout Draft) -> Void) {
                var draft = right
                change(&draft)
                lies.append((name, draft))
            }
            lie("nobody's word") { $0.word = Data() }
            lie("made up") { $0.word = Data(count: 32) }
            lie("another's word") { $0.word = other.word }
            lie("the word for another label") { $0.word = raised.word }
            lie("another label") { $0.to = "s2/i2" }
            lie("no name") { $0.event.fullName = nil }
            lie("a name for an address") { $0.event.email = $0.event.fullName ?? $0.event.email }
            lie("two attributes changed") {
                let values = $0.event.attributes.map(\.value)
                $0.event.attributes[0].value = values[1]
                $0.event.attributes[1].value = values[0]
            }
            lie("their ids changed") {
                let ids = $0.event.attributes.map(\.attributeId)
                $0.event.attributes[0].attributeId = ids[1]
                $0.event.attributes[1].attributeId = ids[0]
            }
            lie("another order") { $0.event.attributes.reverse() }
            lie("one attribute less") { $0.event.attributes.removeLast() }
            lie("one more") { $0.event.attributes.append(other.event.attributes[0]) }
            lie("none") { $0.event.attributes = [] }
            lie("garbage") { $0.event.email = garbage }
            lie("another's address") { $0.event.email = other.event.email }
            lie("an address that somebody else encrypted") { $0.event.email = foreign }
            lie("one sealed for another word") { $0.event.email = again.event.email }
            lie("another entity") { $0.event.entity = other.event.entity }
            lie("another person") { ($0.subject, $0.version) = (other.subject, other.version) }
            for (name, draft) in lies {
                let code = try await refusal(draft, peer)
                #expect(code == .invalid, "\(name)")
            }
            // Of values that are not the contact's, or not all, it gives its word for those alone.
            var items = sealed(row)
            items[0].value = WireSealedValue(foreign)
            items[0].binding.label = "s2/i1"
            let replaced = try await peer.ask(reseal(items, "s2/i1", officer))
            let code = try await refusal(Draft(row, to: "s2/i1", replaced.relabel), peer)
            #expect(code == .invalid)
            var short = right
            let fewer = try await peer.ask(reseal(sealed(row).dropLast(), "s2/i1", officer))
            short.word = fewer.relabel.code
            short.event.attributes.removeLast()
            let cut = try await refusal(short, peer)
            #expect(cut == .invalid)
            let honest = try await refusal(right, peer)
            #expect(honest == nil)
            // It was for the contact as it was.
            let replayed = try await refusal(right, peer)
            #expect(replayed == .stale)
        }
        let seen = try await api.get("/api/v1/contacts/\(ada.id)", token: officer)
        #expect(seen.json?["email"]?.string == ada.email, "\(seen.text)")
        #expect(seen.json?["fullName"]?.string == "Ada")
        #expect(
            seen.json?["attributes"]?.array?.map { $0["value"]?.string } == ["one", "two"])
    }

    @Test func aContactWithoutANameAndWithSeveralAttributesIsRelabelled() async throws {
        let ada = try await create(name: nil, attributes: ["one", "two", "three"])
        try await withPeer { peer in
            let row = try await self.row(ada.id, officer, peer)
            var named = try await draft(row, to: "s2/i1", peer)
            named.event.fullName = named.event.email
            let code = try await refusal(named, peer)
            #expect(code == .invalid)
        }
        for label in ["s2/i1", "s2/i2"] {
            let reply = try await relabel(ada.id, to: label)
            #expect(reply.status == 200, "\(reply.text)")
        }
        let seen = try await api.get("/api/v1/contacts/\(ada.id)", token: officer)
        #expect(seen.json?["email"]?.string == ada.email, "\(seen.text)")
        #expect(
            seen.json?["attributes"]?.array?.map { $0["value"]?.string }
                == ["one", "two", "three"])
    }

    /// Between the keeper's reply and the append nothing has changed.
    @Test func aKeeperStartedAnewGivesItsWordAnew() async throws {
        let ada = try await create(name: "Ada", attributes: ["one"])
        try await withPeer { peer in
            let row = try await self.row(ada.id, officer, peer)
            let before = try await draft(row, to: "s2/i2", peer)
            // The ledger has seen the key of the keeper that dies.
            var wrong = before
            wrong.word = Data(count: 32)
            let unknown = try await refusal(wrong, peer)
            #expect(unknown == .invalid)
            try stack.home.killNine(stack.home.pids()["chancery-keeper"])
            try stack.up()
            // What it does not know may be another keeper's; then it knows that one's alone.
            let late = try await refusal(wrong, peer)
            #expect(late == .unavailable)
            let stale = try await refusal(before, peer)
            #expect(stale == .invalid)
        }
        let read = try await api.get("/api/v1/contacts/\(ada.id)")
        #expect(read.json?["label"]?.string == "s1/i1", "\(read.text)")
        #expect(read.json?["email"]?.string == ada.email)
        let key = "word-\(ada.id)"
        let first = try await relabel(ada.id, to: "s2/i2", key: key)
        let again = try await relabel(ada.id, to: "s2/i2", key: key)
        #expect(first.status == 200 && first.body == again.body, "\(first.text) \(again.text)")
        #expect(again.headers.first(name: "Idempotent-Replayed") == "true")
        let after = try await api.get("/api/v1/contacts/\(ada.id)", token: officer)
        #expect(after.json?["email"]?.string == ada.email, "\(after.text)")
        #expect(after.json?["fullName"]?.string == "Ada")
        try stack.requireVerified("after a keeper died between its reply and the append")
    }

    @Test func aCrashOfAllBeforeTheAppendLosesNothing() async throws {
        let ada = try await create(name: "Ada", attributes: ["one"])
        var replied: Draft?
        try await withPeer { peer in
            let row = try await self.row(ada.id, officer, peer)
            replied = try await draft(row, to: "s2/i2", peer)
        }
        let pids = try stack.home.pids()
        for name in ["chancery-gateway", "chancery-keeper", "chancery-ledger"] {
            try stack.home.killNine(pids[name])
        }
        try stack.up()
        let before = try #require(replied)
        // A ledger that knew no other keeper cannot tell its word from a lie.
        try await withPeer { peer in
            let code = try await refusal(before, peer)
            #expect(code == .invalid)
        }
        let read = try await api.get("/api/v1/contacts/\(ada.id)")
        #expect(read.json?["label"]?.string == "s1/i1", "\(read.text)")
        #expect(try await relabel(ada.id, to: "s2/i2").status == 200)
        let after = try await api.get("/api/v1/contacts/\(ada.id)", token: officer)
        #expect(after.json?["email"]?.string == ada.email, "\(after.text)")
        #expect(after.json?["attributes"]?.array?.first?["value"]?.string == "one")
        try stack.requireVerified("after a crash between the keeper's reply and the append")
    }
}
