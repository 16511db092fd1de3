import ContactModel
import Foundation
import ProcessBoundary
import Testing

/// What a taken-over gateway makes of a trusted subject's credential, and of others.
extension ProcessTests.Relabel {
    func withPeer(_ body: (DaemonPeer) async throws -> Void) async throws {
        let peer = DaemonPeer(stack.home)
        do {
            try await body(peer)
        } catch {
            await peer.shutdown()
            throw error
        }
        await peer.shutdown()
    }

    func row(_ id: String, _ token: String, _ peer: DaemonPeer) async throws -> WireContactRow {
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

    func sealed(_ row: WireContactRow, as label: String? = nil) -> [WireSealedItem] {
        let name = row.hasFullName ? [row.fullName] : []
        return ([row.email] + name + row.attributes.map(\.value)).map { value in
            .with {
                $0.binding.subject = row.head.subject
                $0.binding.entity = value.entity
                $0.binding.field = value.field
                $0.binding.label = label ?? value.label
                $0.value = value.value
            }
        }
    }

    func reseal(
        _ items: [WireSealedItem], _ label: String, _ token: String
    ) -> WireKeeperRequest.OneOf_Operation {
        .relabel(
            .with {
                $0.credential = Data(token.utf8)
                $0.items = items
                $0.label = label
            })
    }

    /// What a gateway says of a relabel, to be told lies in.
    struct Draft {
        var subject: Data
        var version: UInt64
        var from: String
        var to: String
        var event: ContactRelabelled
        var word: Data

        /// As the keeper sealed it.
        init(_ row: WireContactRow, to label: String, _ reply: WireRelabelResponse) throws {
            var values = try reply.items.map { try #require(EncryptedValue($0.value)) }[...]
            let sealedCount = 1 + (row.hasFullName ? 1 : 0) + row.attributes.count
            subject = row.head.subject
            version = row.head.version
            from = row.head.label
            to = label
            word = reply.code
            try #require(values.count == sealedCount)
            let email = values.removeFirst()
            let name = row.hasFullName ? values.removeFirst() : nil
            event = ContactRelabelled(
                attributes: zip(row.attributes, values).map {
                    ContactRelabelled.Attribute(attributeId: $0.id, value: $1)
                }, email: email, entity: row.email.entity, fromLabel: from, fullName: name,
                reason: "by hand")
        }

        func append(_ token: String) -> WireLedgerRequest.OneOf_Operation {
            var event = event
            event.fromLabel = from
            let payload = EventCoding.encode(event)
            return .append(
                .with {
                    $0.credential = Data(token.utf8)
                    $0.mutations = [
                        .with {
                            $0.subject = subject
                            $0.expectedVersion = version
                            $0.introduction = word
                            $0.entries = [
                                .with {
                                    $0.stream = "contact"
                                    $0.type = "ContactRelabelled"
                                    $0.label = to
                                    $0.payload = payload
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
    }

    /// With the keeper's word.
    func draft(
        _ row: WireContactRow, to label: String, _ peer: DaemonPeer
    ) async throws -> Draft {
        let response = try await peer.ask(reseal(sealed(row), label, officer))
        try #require(response.refusal == nil, "\(response)")
        return try Draft(row, to: label, response.relabel)
    }

    /// Why it is refused, wholly or by itself; nil: it was done.
    func refusal(
        _ draft: Draft, _ peer: DaemonPeer, by token: String? = nil
    ) async throws -> WireFault.Code? {
        let response = try await peer.ask(draft.append(token ?? officer))
        if let fault = response.refusal { return fault.code }
        if case .fault(let fault)? = response.append.results.first?.result { return fault.code }
        return nil
    }

    @Test func aTakenOverGatewayRelabelsWithNoCredentialButATrustedSubjects() async throws {
        let ada = try await create()
        let wide = "s0/i2-s3:c0.c9/i0"
        try await withPeer { peer in
            let row = try await self.row(ada.id, officer, peer)
            var good = try await draft(row, to: "s2/i1", peer)
            for role in [
                "enrichment-platform", "crm-sync", "verifier", "operator", "administrator",
            ] {
                let token = try stack.home.token(role, clearance: wide)
                let keeper = try await peer.refusal(reseal(sealed(row), "s2/i1", token))
                #expect(keeper == .forbidden, "\(role)")
                let ledger = try await refusal(good, peer, by: token)
                #expect(ledger == .forbidden, "\(role)")
            }
            // Nor one of theirs that is bound to no certificate.
            let free = try stack.home.token("dpo", clearance: wide)
            let keeper = try await peer.refusal(reseal(sealed(row), "s2/i1", free))
            #expect(keeper == .forbidden)
            let ledger = try await refusal(good, peer, by: free)
            #expect(ledger == .forbidden)
            // The officer's own clearance bounds both.
            let narrow = try Self.officer(stack, "s1/i1-s2/i1")
            for label in ["s3/i1", "s1/i2", "s0/i1"] {
                let keeper = try await peer.refusal(reseal(sealed(row), label, narrow))
                #expect(keeper == .forbidden, "\(label)")
                good.to = label
                let ledger = try await refusal(good, peer, by: narrow)
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
            #expect(lied.relabel.code.isEmpty)
            let narrow = try Self.officer(stack, "s0/i2-s2/i0")
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
                from: String, to: String, word: String? = nil, version: UInt64? = nil
            ) async throws -> WireFault.Code? {
                var draft = try await draft(row, to: word ?? to, peer)
                (draft.from, draft.to) = (from, to)
                draft.version = version ?? draft.version
                return try await refusal(draft, peer)
            }
            #expect(try await code(from: "s0/i1", to: "s1/i2") == .conflict)
            #expect(try await code(from: "s2/i2", to: "s3/i2") == .conflict)
            for lower in ["s0/i1", "s1/i0"] {
                let refused = try await code(from: "s1/i1", to: lower, word: "s2/i2")
                #expect(refused == .invalid, "\(lower)")
            }
            for version in [row.head.version - 1, row.head.version + 1, .max] {
                let refused = try await code(from: "s1/i1", to: "s2/i2", version: version)
                #expect(refused == .stale, "\(version)")
            }
        }
        #expect(
            try await api.get("/api/v1/contacts/\(ada.id)").json?["label"]?.string == "s1/i1")
    }
}
