import Foundation
import ProcessBoundary
import Testing

extension ProcessTests {
    /// The gateway believes nobody's word but the daemons do not believe its: without a handed credential it gets nothing, with one
    /// what that one may.
    @Suite(.serialized, .runningStack)
    struct TakenOverGateway {
        let stack: Stack
        let api: API

        init() throws {
            stack = try #require(Stack.current)
            api = stack.api
        }

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

        /// One of each operation that needs a caller.
        private static func ledgerOperations(
            _ token: String
        ) -> [(LedgerOperation, WireLedgerRequest.OneOf_Operation)] {
            let credential = Data(token.utf8)
            return [
                (.prepare, .prepare(.with { $0.credential = credential })),
                (
                    .append,
                    .append(
                        .with {
                            $0.credential = credential
                            $0.mutations = [.init()]
                        })
                ),
                (
                    .relabel,
                    .append(
                        .with {
                            $0.credential = credential
                            $0.mutations = [
                                .with {
                                    $0.entries = [
                                        .with {
                                            $0.stream = "contact"
                                            $0.type = "ContactRelabelled"
                                            $0.label = "s1/i1"
                                        }
                                    ]
                                }
                            ]
                        })
                ),
                (.readContact, .readContact(.with { $0.credential = credential })),
                (.readEntry, .readEntry(.with { $0.credential = credential })),
                (.receipt, .receipt(.with { $0.credential = credential })),
                (.inclusion, .inclusion(.with { $0.credential = credential })),
                (.consistency, .consistency(.with { $0.credential = credential })),
                (.bundle, .bundle(.with { $0.credential = credential })),
                (.seal, .seal(.with { $0.credential = credential })),
                (.correctClock, .correctClock(.with { $0.credential = credential })),
                (.erase, .erase(.with { $0.credential = credential })),
                (.rotateKey, .rotateKey(.with { $0.credential = credential })),
                (.listKeys, .listKeys(.with { $0.credential = credential })),
                (.readAudit, .readAudit(.with { $0.credential = credential })),
                (.readHistory, .readHistory(.with { $0.credential = credential })),
                (.searchContacts, .searchContacts(.with { $0.credential = credential })),
                (.setPolicy, .setPolicy(.with { $0.credential = credential })),
                (.readPolicy, .readPolicy(.with { $0.credential = credential })),
                (.readSharing, .readSharing(.with { $0.credential = credential })),
                (.readSource, .readSource(.with { $0.credential = credential })),
                (.readProvenance, .readProvenance(.with { $0.credential = credential })),
                (.proveSubject, .proveSubject(.with { $0.credential = credential })),
                (
                    .share,
                    .append(
                        .with {
                            $0.credential = credential
                            $0.mutations = [
                                .with {
                                    $0.entries = [
                                        .with {
                                            $0.stream = "sharing"
                                            $0.type = "SharingRevoked"
                                            $0.label = "s1/i1"
                                        }
                                    ]
                                }
                            ]
                        })
                ),
                (.fileRequest, request("DSRReceived", credential)),
                (.workRequest, request("DSRStarted", credential)),
                (.readRequest, .readRequest(.with { $0.credential = credential })),
                (.listRequests, .listRequests(.with { $0.credential = credential })),
                (.readEnrichment, .readEnrichment(.with { $0.credential = credential })),
                (.listEnrichments, .listEnrichments(.with { $0.credential = credential })),
                (.readNotices, .readNotices(.with { $0.credential = credential })),
                (.noteDelivery, .noteDelivery(.with { $0.credential = credential })),
                (.certifyErasure, .certifyErasure(.with { $0.credential = credential })),
            ]
        }

        private static func request(
            _ type: String, _ credential: Data
        ) -> WireLedgerRequest.OneOf_Operation {
            .append(
                .with { append in
                    append.credential = credential
                    append.mutations = [
                        .with {
                            $0.entries = [
                                .with {
                                    $0.stream = "dsr"
                                    $0.type = type
                                }
                            ]
                        }
                    ]
                })
        }

        /// What the ledger asks of the keeper and the gateway may not.
        private static let ledgersOwn: [WireKeeperRequest.OneOf_Operation] = [
            .signTree(.init()), .resignTree(.init()), .signManifest(.init()),
            .signPublished(.init()), .signReceipt(.init()), .publicKeys(.init()),
            .reindex(.init()), .forget(.init()), .recover(.init()), .rotateKey(.init()),
            .anchor(.init()), .authorizeErasure(.init()),
            .rotateKey(.with { $0.checkpoint = .begin }), .introductionKey(.init()),
            .certifyErasure(.init()),
        ]

        @Test func withoutACredentialOfTheIssuerThereIsNothing() async throws {
            let parts = api.operatorToken.split(separator: ".")
            let tokens = [
                "", "x.y.z", "\(parts[0]).\(parts[1]).",
                "\(parts[0]).\(parts[1]).\(String(parts[2].reversed()))",
            ]
            try await withPeer { peer in
                for token in tokens {
                    for (name, operation) in Self.ledgerOperations(token) {
                        let code = try await peer.refusal(operation)
                        #expect(code == .unauthenticated, "\(name)")
                    }
                    let credential = Data(token.utf8)
                    let audit = try await peer.refusal(
                        .append(.with { $0.credential = credential }))
                    #expect(audit == .unauthenticated)
                    for operation: WireKeeperRequest.OneOf_Operation in [
                        .derive(.with { $0.credential = credential }),
                        .encrypt(.with { $0.credential = credential }),
                        .decrypt(.with { $0.credential = credential }),
                        .sealAddress(.with { $0.credential = credential }),
                        .openAddresses(.with { $0.credential = credential }),
                        .relabel(.with { $0.credential = credential }),
                        .callbackTokens(.with { $0.credential = credential }),
                    ] {
                        let code = try await peer.refusal(operation)
                        #expect(code == .unauthenticated)
                    }
                }
            }
        }

        @Test func aCredentialDoesWhatItsRolesMayAndNothingElse() async throws {
            let may: [(token: String, Set<LedgerOperation>)] = [
                (
                    api.platform,
                    [
                        .prepare, .append, .readContact, .receipt, .readHistory, .searchContacts,
                        .share, .readSharing, .readSource, .readProvenance, .proveSubject,
                        .fileRequest, .readRequest, .readEnrichment, .listEnrichments,
                    ]
                ),
                (
                    api.auditor,
                    [
                        .readEntry, .receipt, .inclusion, .consistency, .bundle, .listKeys,
                        .readPolicy,
                    ]
                ),
                (
                    api.officer,
                    [
                        .prepare, .readContact, .erase, .relabel, .readAudit, .readHistory,
                        .searchContacts, .share, .readSharing, .readSource, .readProvenance,
                        .proveSubject,
                        .fileRequest, .workRequest, .readRequest, .listRequests, .readNotices,
                        .noteDelivery, .certifyErasure, .readEnrichment,
                    ]
                ),
                (api.operatorToken, [.seal, .correctClock, .rotateKey, .listKeys, .readPolicy]),
                (api.administrator, [.setPolicy, .readPolicy]),
            ]
            try await withPeer { peer in
                for (token, permitted) in may {
                    for (name, operation) in Self.ledgerOperations(token)
                    where !permitted.contains(name) {
                        let code = try await peer.refusal(operation)
                        #expect(code == .forbidden, "\(name)")
                    }
                }
            }
        }

        @Test func theKeeperSignsAndForgetsForNobodyOnTheGatewaysSocket() async throws {
            try await withPeer { peer in
                for operation in Self.ledgersOwn {
                    let code = try await peer.refusal(operation)
                    #expect(code == .forbidden, "\(operation)")
                }
            }
        }

        /// Even on the ledger's socket: whoever takes that over erases nobody and rotates nothing by itself.
        @Test func theKeeperErasesAndRotatesForNobodyWithoutASignature() async throws {
            try await withPeer { peer in
                for (operation, code) in [
                    (.authorizeErasure(.init()), .unauthenticated),
                    (.rotateKey(.with { $0.checkpoint = .begin }), .unauthenticated),
                    (.rotateKey(.with { $0.day = .init() }), .unauthenticated),
                    (
                        .rotateKey(
                            .with {
                                $0.credential = Data(api.operatorToken.utf8)
                                $0.checkpoint = .begin
                            }), .signature
                    ),
                    (
                        .rotateKey(
                            .with {
                                $0.credential = Data(api.platform.utf8)
                                $0.day = .init()
                            }), .forbidden
                    ),
                    (
                        .authorizeErasure(
                            .with { $0.credential = Data(api.operatorToken.utf8) }), .forbidden
                    ),
                ] as [(WireKeeperRequest.OneOf_Operation, WireFault.Code)] {
                    let found = try await peer.refusal(operation, asLedger: true)
                    #expect(found == code, "\(operation)")
                }
            }
        }

        @Test func aSignatureIsGoodForTheOneContactAndOnce() async throws {
            let officer = try #require(api.signing(api.officer))
            var ids: [String] = []
            for _ in 0..<2 {
                let reply = try await api.create(
                    email: "taken-\(UUID().uuidString.lowercased())@example.com")
                ids.append(try #require(reply.json?["id"]?.string, "\(reply.text)"))
            }
            let (input, signature) = try officer.signature("DELETE", "/api/v1/contacts/\(ids[0])")
            func erase(_ id: String, token: String = officer.token) throws
                -> WireLedgerRequest.OneOf_Operation
            {
                let uuid = try #require(UUID(uuidString: id)).uuid
                return .erase(
                    .with {
                        $0.credential = Data(token.utf8)
                        $0.contactID = withUnsafeBytes(of: uuid) { Data($0) }
                        $0.requestID = "taken-over"
                        $0.signature.certificate = Data(officer.certificate)
                        $0.signature.input = input
                        $0.signature.signature = signature
                    })
            }
            try await withPeer { peer in
                let other = try await peer.refusal(erase(ids[1]))
                #expect(other == .signature)
                let first = try await peer.refusal(erase(ids[0]))
                #expect(first == nil)
                let again = try await peer.refusal(erase(ids[0]))
                #expect(again == .signature)
            }
            #expect(try await api.get("/api/v1/contacts/\(ids[0])").status == 404)
            #expect(try await api.get("/api/v1/contacts/\(ids[1])").status == 200)
        }

        /// The text is what was signed, each signature sets it once, and what is no policy set is no entry.
        @Test func policiesAreThoseThatTheAdministratorSigned() async throws {
            let administrator = try #require(api.signing(api.administrator))
            let text = "permit (principal, action, resource); // \(UUID())\n"
            func set(
                _ text: String, _ signed: (input: String, signature: String)?,
                expected: UInt64? = nil
            ) -> WireLedgerRequest.OneOf_Operation {
                .setPolicy(
                    .with {
                        $0.credential = Data(administrator.token.utf8)
                        $0.text = Data(text.utf8)
                        $0.requestID = "taken-over"
                        if let expected { $0.expected = expected }
                        guard let signed else { return }
                        $0.signature.certificate = Data(administrator.certificate)
                        $0.signature.input = signed.input
                        $0.signature.signature = signed.signature
                    })
            }
            func inForce(_ peer: DaemonPeer) async throws -> Data {
                try await peer.ask(.policyInForce(.init())).policy.text
            }
            try await withPeer { peer in
                let before = try await inForce(peer)
                let erasing = try administrator.signature("PUT", "/api/v1/policies")
                let replacing = try administrator.signature(ofPolicies: text, replacing: 7)
                for operation in [
                    set(text, nil), set(text, erasing),
                    set(text + " ", try administrator.signature(ofPolicies: text)),
                    // What it was to replace is neither left out nor put in.
                    set(text, replacing), set(text, replacing, expected: 0),
                    set(text, try administrator.signature(ofPolicies: text), expected: 0),
                ] {
                    let code = try await peer.refusal(operation)
                    #expect(code == .signature)
                }
                for broken in ["permit (", "permit (principal, action, resource)"] {
                    let code = try await peer.refusal(
                        set(broken, try administrator.signature(ofPolicies: broken)))
                    #expect(code == .invalid)
                }
                let untouched = try await inForce(peer)
                #expect(untouched == before)
                let signed = try administrator.signature(ofPolicies: text)
                let first = try await peer.refusal(set(text, signed))
                #expect(first == nil)
                let again = try await peer.refusal(set(text, signed))
                #expect(again == .signature)
                let after = try await inForce(peer)
                #expect(after == Data(text.utf8))
            }
            // The gateway that was not taken over follows by itself.
            var shown = ""
            for _ in 0..<100 where shown != text {
                let reply = try await api.get("/api/v1/policies", token: api.auditor)
                shown = reply.json?["text"]?.string ?? ""
            }
            #expect(shown == text)
        }

        /// Another appliance may believe the same issuer: what was signed for it is worth nothing here, whoever plays it.
        @Test func aSignatureForAnotherLogIsRefusedByLedgerAndKeeper() async throws {
            let operators = try #require(api.signing(api.operatorToken))
            let path = "/api/v1/keys/data/rotate"
            func signed(_ origin: String?) throws -> WireSignedRequest {
                let (input, signature) = try operators.signature("POST", path, origin: origin)
                return .with {
                    $0.certificate = Data(operators.certificate)
                    $0.input = input
                    $0.signature = signature
                }
            }
            try await withPeer { peer in
                for origin in ["elsewhere.example/g1", "chancery", ""] {
                    let elsewhere = try signed(origin)
                    let byLedger = try await peer.ask(
                        WireLedgerRequest.OneOf_Operation.rotateKey(
                            .with {
                                $0.credential = Data(operators.token.utf8)
                                $0.key = .data
                                $0.requestID = "taken-over"
                                $0.signature = elsewhere
                            }))
                    let byKeeper = try await peer.ask(
                        .rotateKey(
                            .with {
                                $0.credential = Data(operators.token.utf8)
                                $0.day = .init()
                                $0.signature = elsewhere
                            }), asLedger: true)
                    for fault in [byLedger.refusal, byKeeper.refusal] {
                        #expect(fault?.code == .signature)
                        #expect(fault?.message.contains("origin of this log") == true)
                    }
                }
                // And nothing else of it was wrong.
                let here = try signed(nil)
                let code = try await peer.refusal(
                    .rotateKey(
                        .with {
                            $0.credential = Data(operators.token.utf8)
                            $0.day = .init()
                            $0.signature = here
                        }), asLedger: true)
                #expect(code == nil)
            }
        }

        /// The gateway names no actor: entries are under the credential's.
        @Test func noEntryIsUnderAnothersName() async throws {
            try await withPeer { peer in
                let response = try await peer.ask(
                    .append(
                        .with {
                            $0.credential = Data(api.platform.utf8)
                            $0.audit.category = "DATA_ACCESS"
                            $0.audit.action = "contact.read"
                            $0.audit.resourceType = "contact"
                            $0.audit.outcome = "ALLOWED"
                            $0.audit.requestID = "taken-over"
                        }))
                let index = response.append.auditIndex
                #expect(response.refusal == nil)
                let entry = try await api.get(
                    "/api/v1/ledger/entries/\(index)", token: api.auditor)
                #expect(entry.text.contains("process-tests"), "\(entry.text)")
                // Nor are there entries that only the ledger writes, or an officer.
                for (stream, type) in [
                    ("audit", "AuditEvent"), ("key", "KeyActivated"), ("dsr", "SubjectErased"),
                    ("dsr", "ErasureOrdered"), ("policy", "ClockCorrected"),
                    ("contact", "ContactRelabelled"),
                    ("policy", "PolicySetActivated"),
                ] {
                    let refused = try await peer.refusal(
                        .append(
                            .with {
                                $0.credential = Data(api.platform.utf8)
                                $0.mutations = [
                                    .with {
                                        $0.entries = [
                                            .with {
                                                $0.stream = stream
                                                $0.type = type
                                                $0.label = "s1/i1"
                                            }
                                        ]
                                    }
                                ]
                            }))
                    #expect(refused == .forbidden, "\(type)")
                }
            }
        }

        @Test func nothingIsSealedOpenedOrWrittenOutsideTheClearance() async throws {
            let wide = try stack.home.token(
                "enrichment-platform", subject: "wide", clearance: "s1/i1-s2:c5/i1")
            let email = "label-\(UUID().uuidString.lowercased())@example.com"
            let created = try await api.create(
                Self.contact(email, label: "s2:c5/i1"), token: wide)
            let id = try #require(created.json?["id"]?.string, "\(created.text)")
            let uuid = try #require(UUID(uuidString: id)).uuid
            func read(_ token: String) -> WireLedgerRequest.OneOf_Operation {
                .readContact(
                    .with {
                        $0.credential = Data(token.utf8)
                        $0.contactID = withUnsafeBytes(of: uuid) { Data($0) }
                    })
            }
            try await withPeer { peer in
                let narrow = try await peer.refusal(read(api.platform))
                #expect(narrow == .notFound)
                let row = try await peer.ask(read(wide)).contact
                #expect(row.head.label == "s2:c5/i1")
                // What it once read for somebody it cannot open for another, nor under a lower label.
                func open(_ token: String, _ label: String) -> WireKeeperRequest.OneOf_Operation {
                    .decrypt(
                        .with {
                            $0.credential = Data(token.utf8)
                            $0.items = [
                                .with {
                                    $0.binding.subject = row.head.subject
                                    $0.binding.entity = row.email.entity
                                    $0.binding.field = row.email.field
                                    $0.binding.label = label
                                    $0.value = row.email.value
                                }
                            ]
                        })
                }
                let opened = try await peer.ask(open(wide, "s2:c5/i1")).decrypt.items
                #expect(opened.first?.plaintext == Data(email.utf8))
                let refused = try await peer.refusal(open(api.platform, "s2:c5/i1"))
                #expect(refused == .notFound)
                let lowered = try await peer.ask(open(api.platform, "s1/i1")).decrypt.items
                #expect(lowered.first?.plaintext.isEmpty == true)
                for label in ["s2/i1", "s0/i1", "s1/i2", "s1:c0/i1"] {
                    let sealed = try await peer.refusal(
                        .encrypt(
                            .with {
                                $0.credential = Data(api.platform.utf8)
                                $0.items = [.with { $0.binding.label = label }]
                            }))
                    #expect(sealed == .forbidden, "\(label)")
                    let written = try await peer.refusal(
                        .append(
                            .with {
                                $0.credential = Data(api.platform.utf8)
                                $0.mutations = [
                                    .with {
                                        $0.entries = [
                                            .with {
                                                $0.stream = "contact"
                                                $0.type = "AttributeEnriched"
                                                $0.label = label
                                            }
                                        ]
                                    }
                                ]
                            }))
                    #expect(written == .forbidden, "\(label)")
                }
            }
            // And through the gateway, like one that never was.
            #expect(try await api.get("/api/v1/contacts/\(id)").status == 404)
            #expect(try await api.find(email: email).found.isEmpty)
            #expect(try await api.get("/api/v1/contacts/\(id)", token: wide).status == 200)
            let above = try await api.create(
                Self.contact("x" + email, label: "s3/i1"), token: api.platform)
            #expect(above.status == 403, "\(above.text)")
        }

        private static func contact(_ email: String, label: String) -> String {
            String(API.contact(email: email).dropLast()) + #","label":"\#(label)"}"#
        }

        @Test func aRevokedTokenIsRefusedByEachDaemon() async throws {
            let token = try stack.home.token("enrichment-platform", subject: "revoked-1")
            let credential = Data(token.utf8)
            try await withPeer { peer in
                func codes() async throws -> [WireFault.Code?] {
                    [
                        try await peer.refusal(.prepare(.with { $0.credential = credential })),
                        try await peer.refusal(
                            WireKeeperRequest.OneOf_Operation.derive(
                                .with { $0.credential = credential })),
                    ]
                }
                let before = try await codes()
                #expect(before == [nil, nil])
                #expect(try await api.find(email: "a@example.com").status == 200)
                let claims = try #require(Self.claims(token))
                let jti = try #require(claims["jti"]?.string)
                let revoked = try stack.home.chancery("revoke", jti)
                #expect(revoked.status == 0, "\(revoked.said)")
                var after = before
                for _ in 0..<100 where after != [.unauthenticated, .unauthenticated] {
                    try await Task.sleep(for: .milliseconds(100))
                    after = try await codes()
                }
                #expect(after == [.unauthenticated, .unauthenticated])
                var status = 200
                for _ in 0..<100 where status != 401 {
                    status = try await api.get(
                        "/api/v1/contacts?q=a%40example.com", token: token
                    ).status
                    if status != 401 { try await Task.sleep(for: .milliseconds(100)) }
                }
                #expect(status == 401)
                // Others go on.
                #expect(try await api.find(email: "a@example.com").status == 200)
            }
        }

        /// Who is nobody leaves a trace all the same.
        @Test func failedAuthenticationsStandInTheLedger() async throws {
            var next = try await treeSize()
            for _ in 0..<3 {
                let reply = try await api.get("/api/v1/contacts?q=a%40example.com", token: "x.y.z")
                #expect(reply.status == 401)
            }
            var found: [String] = []
            for _ in 0..<60 where found.isEmpty {
                try await Task.sleep(for: .milliseconds(500))
                // Each look is an entry, too.
                let end = try await treeSize()
                while next < end {
                    let entry = try await api.get(
                        "/api/v1/ledger/entries/\(next)", token: api.auditor)
                    next += 1
                    // The checkpoint is a second old at most: what the test before wrote last, under whatever label, is here, too.
                    guard entry.status != 404 else { continue }
                    let payload = try #require(entry.json?["payload"]?.string, "\(entry.text)")
                    let text = String(
                        decoding: Data(base64Encoded: payload) ?? Data(), as: UTF8.self)
                    if text.contains("AUTHENTICATION") { found.append(text) }
                }
            }
            #expect(found.contains { $0.contains("\"principal\":\"chancery-ledger\"") }, "\(found)")
        }

        private func treeSize() async throws -> Int {
            let note = try await api.get("/ledger/checkpoint").text
            return try #require(note.split(separator: "\n").dropFirst().first.flatMap { Int($0) })
        }

        private static func claims(_ token: String) -> JSON? {
            var text = token.split(separator: ".")[1].replacingOccurrences(of: "-", with: "+")
                .replacingOccurrences(of: "_", with: "/")
            while text.utf8.count % 4 != 0 { text += "=" }
            return Data(base64Encoded: text).flatMap { JSON(Array($0)) }
        }

        /// Over HTTPS, as a client meets it.
        @Test func whatCannotBeUndoneNeedsASignature() async throws {
            let reply = try await api.create(
                email: "signed-\(UUID().uuidString.lowercased())@example.com")
            let id = try #require(reply.json?["id"]?.string, "\(reply.text)")
            let path = "/api/v1/contacts/\(id)"
            let officer = try #require(api.signing(api.officer))
            let other = try officer.signature("DELETE", "/api/v1/contacts/\(UUID())")
            for headers in [
                ["Signature-Input": "", "Signature": ""],
                ["Signature-Input": other.input, "Signature": other.signature],
            ] {
                let refused = try await api.send(
                    .DELETE, path, token: api.officer, headers: headers)
                #expect(refused.status == 403, "\(refused.text)")
                #expect(refused.json?["code"]?.string == "signature-not-accepted")
            }
            // A token that is bound to no certificate says nothing of a key.
            let unbound = try stack.home.token("dpo", subject: "process-dpo")
            let refused = try await api.send(.DELETE, path, token: unbound)
            #expect(refused.status == 403, "\(refused.text)")
            #expect(try await api.get(path).status == 200)
            // As an operator pastes it.
            let file = stack.home.directory + "/process-dpo.pem"
            let signed = try stack.home.chancery(
                "sign", "DELETE", path, "--client-cert", file, "--token", api.officer)
            try #require(signed.status == 0, "\(signed.said)")
            var headers: [String: String] = [:]
            for line in signed.output.split(separator: "\n") {
                let parts = line.split(separator: ":", maxSplits: 1)
                headers[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces)
            }
            let erased = try await api.send(.DELETE, path, token: api.officer, headers: headers)
            #expect(erased.status == 200, "\(erased.text)")
            #expect(try await api.get(path).status == 404)
        }
    }
}
