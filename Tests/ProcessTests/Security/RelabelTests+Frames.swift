import Foundation
import ProcessBoundary
import Testing

/// What a taken-over gateway makes of a trusted subject's credential, and of others.
extension ProcessTests.Relabel {
    private func withPeer(_ body: (DaemonPeer) async throws -> Void) async throws {
        let peer = DaemonPeer(stack.home)
        do {
            try await body(peer)
        } catch {
            await peer.shutdown()
            throw error
        }
        await peer.shutdown()
    }

    private func row(_ id: String, _ token: String, _ peer: DaemonPeer) async throws
        -> WireContactRow
    {
        let uuid = try #require(UUID(uuidString: id)).uuid
        let response = try await peer.ask(
            WireLedgerRequest.OneOf_Operation.readContact(
                .with {
                    $0.credential = Data(token.utf8)
                    $0.contactID = withUnsafeBytes(of: uuid) { Data($0) }
                }))
        try #require(response.refusal == nil, "\(response)")
        return response.contact
    }

    private func sealed(_ row: WireContactRow, as label: String? = nil) -> [WireSealedItem] {
        ([row.email, row.fullName] + row.attributes.map(\.value)).map { value in
            .with {
                $0.binding.subject = row.head.subject
                $0.binding.entity = value.entity
                $0.binding.field = value.field
                $0.binding.label = label ?? value.label
                $0.value = value.value
            }
        }
    }

    private func reseal(
        _ items: [WireSealedItem], _ label: String, _ token: String
    ) -> WireKeeperRequest.OneOf_Operation {
        .relabel(
            .with {
                $0.credential = Data(token.utf8)
                $0.items = items
                $0.label = label
            })
    }

    /// An append of what the keeper sealed, by hand.
    private func append(
        _ row: WireContactRow, _ values: [WireSealedValue], from: String, to: String,
        version: UInt64? = nil, _ token: String
    ) throws -> WireLedgerRequest.OneOf_Operation {
        func json(_ value: WireSealedValue) -> String {
            #"{"algorithm":"\#(value.algorithm)","authTag":"\#(value.authTag.base64EncodedString())","#
                + #""ciphertext":"\#(value.ciphertext.base64EncodedString())","#
                + #""iv":"\#(value.iv.base64EncodedString())","keyId":"\#(value.keyID)"}"#
        }
        let attributes = zip(row.attributes, values.dropFirst(2)).map { attribute, value in
            #"{"attributeId":"\#(attribute.id)","value":\#(json(value))}"#
        }
        let payload =
            #"{"attributes":[\#(attributes.joined(separator: ","))],"email":\#(json(values[0])),"#
            + #""entity":"\#(row.email.entity)","fromLabel":"\#(from)","fullName":\#(json(values[1])),"#
            + #""reason":"by hand"}"#
        return .append(
            .with {
                $0.credential = Data(token.utf8)
                $0.mutations = [
                    .with {
                        $0.subject = row.head.subject
                        $0.expectedVersion = version ?? row.head.version
                        $0.entries = [
                            .with {
                                $0.stream = "contact"
                                $0.type = "ContactRelabelled"
                                $0.label = to
                                $0.payload = Data(payload.utf8)
                            }
                        ]
                    }
                ]
                $0.audit.category = "DATA_MUTATION"
                $0.audit.action = "contact.relabel"
                $0.audit.resourceType = "contact"
                $0.audit.outcome = "ALLOWED"
                $0.audit.requestID = "by-hand"
            })
    }

    private func values(_ response: WireKeeperResponse) -> [WireSealedValue] {
        response.relabel.items.map(\.value)
    }

    @Test func aTakenOverGatewayRelabelsWithNoCredentialButATrustedSubjects() async throws {
        let ada = try await create()
        let wide = "s0/i2-s3:c0.c9/i0"
        try await withPeer { peer in
            let row = try await self.row(ada.id, officer, peer)
            let good = self.values(try await peer.ask(reseal(sealed(row), "s2/i1", officer)))
            for role in [
                "enrichment-platform", "crm-sync", "verifier", "operator", "administrator",
            ] {
                let token = try stack.home.token(role, clearance: wide)
                let keeper = try await peer.refusal(reseal(sealed(row), "s2/i1", token))
                #expect(keeper == .forbidden, "\(role)")
                let ledger = try await peer.refusal(
                    append(row, good, from: "s1/i1", to: "s2/i1", token))
                #expect(ledger == .forbidden, "\(role)")
            }
            // The officer's own clearance bounds both.
            let narrow = try stack.home.token("dpo", clearance: "s1/i1-s2/i1")
            for label in ["s3/i1", "s1/i2", "s0/i1"] {
                let keeper = try await peer.refusal(reseal(sealed(row), label, narrow))
                #expect(keeper == .forbidden, "\(label)")
                let ledger = try await peer.refusal(
                    append(row, good, from: "s1/i1", to: label, narrow))
                #expect(ledger == .forbidden, "\(label)")
            }
        }
        #expect(try await api.get("/api/v1/contacts/\(ada.id)").status == 200)
    }

    @Test func theKeeperSealsNothingDownwardsNorUnderALieAboutWhatItIs() async throws {
        let ada = try await create("s2:c3/i1")
        try await withPeer { peer in
            let row = try await self.row(ada.id, officer, peer)
            for label in ["s1:c3/i1", "s2/i1", "s2:c4/i1", "s0/i2"] {
                let code = try await peer.refusal(reseal(sealed(row), label, officer))
                #expect(code == .forbidden, "\(label)")
            }
            // Stated as lower than they are, values do not open, and nothing is sealed.
            let lied = try await peer.ask(reseal(sealed(row, as: "s1/i1"), "s1/i2", officer))
            #expect(lied.relabel.items.count == 3)
            for item in lied.relabel.items { #expect(item.fault.code == .internal) }
            let narrow = try stack.home.token("dpo", clearance: "s0/i2-s2/i0")
            let unseen = try await peer.refusal(reseal(sealed(row), "s2/i1", narrow))
            #expect(unseen == .notFound)
            // Values of two people in one call.
            let bob = try await create()
            let other = try await self.row(bob.id, officer, peer)
            let mixed = try await peer.refusal(
                reseal(sealed(row) + sealed(other), "s3:c3/i1", officer))
            #expect(mixed == .invalid)
        }
    }

    @Test func theLedgerTakesNoRelabelFromALabelThatTheContactDoesNotBear() async throws {
        let ada = try await create()
        try await withPeer { peer in
            let row = try await self.row(ada.id, officer, peer)
            func code(
                from: String, to: String, version: UInt64? = nil
            ) async throws -> WireFault.Code? {
                let values = self.values(try await peer.ask(reseal(sealed(row), "s2/i2", officer)))
                let response = try await peer.ask(
                    append(row, values, from: from, to: to, version: version, officer))
                #expect(response.refusal == nil, "\(response)")
                return response.append.results.first?.fault.code
            }
            #expect(try await code(from: "s0/i1", to: "s1/i2") == .conflict)
            #expect(try await code(from: "s2/i2", to: "s3/i2") == .conflict)
            #expect(try await code(from: "s1/i1", to: "s0/i1") == .forbidden)
            #expect(try await code(from: "s1/i1", to: "s1/i0") == .forbidden)
            #expect(
                try await code(from: "s1/i1", to: "s2/i2", version: row.head.version + 1)
                    == .conflict)
        }
        #expect(
            try await api.get("/api/v1/contacts/\(ada.id)").json?["label"]?.string == "s1/i1")
    }

    /// Between the keeper's reply and the append nothing has changed, and what was sealed is good after every process died.
    @Test func aCrashBeforeTheAppendLosesNothing() async throws {
        let ada = try await create()
        var replied: (row: WireContactRow, values: [WireSealedValue])?
        try await withPeer { peer in
            let row = try await self.row(ada.id, officer, peer)
            replied = (row, self.values(try await peer.ask(reseal(sealed(row), "s2/i2", officer))))
        }
        let pids = try stack.home.pids()
        for name in ["chancery-gateway", "chancery-keeper", "chancery-ledger"] {
            try stack.home.killNine(pids[name])
        }
        try stack.up()
        let read = try await api.get("/api/v1/contacts/\(ada.id)")
        #expect(read.json?["label"]?.string == "s1/i1", "\(read.text)")
        #expect(read.json?["email"]?.string == ada.email)
        let (row, values) = try #require(replied)
        try await withPeer { peer in
            let response = try await peer.ask(
                append(row, values, from: "s1/i1", to: "s2/i2", officer))
            #expect(response.append.results.first?.receipt.count == 1, "\(response)")
        }
        let after = try await api.get("/api/v1/contacts/\(ada.id)", token: officer)
        #expect(after.json?["label"]?.string == "s2/i2", "\(after.text)")
        #expect(after.json?["email"]?.string == ada.email)
        #expect(after.json?["attributes"]?.array?.first?["value"]?.string == "Archivist")
        try stack.requireVerified("after a crash between the keeper's reply and the append")
    }
}
