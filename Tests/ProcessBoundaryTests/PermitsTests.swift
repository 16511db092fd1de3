import ContactModel
import ProcessBoundary
import Testing

/// The tables, written down a second time: every pair is checked, so that no row can change unnoticed.
@Suite struct PermitsTests {
    /// None, each one, each two, all.
    static let everyRoleSet = Array(
        Set(Role.allCases.flatMap { one in Role.allCases.map { Set([one, $0]) } })
            .union([[], Set(Role.allCases)]))

    static let ledger: [LedgerOperation: Set<Role>] = [
        .prepare: [.enrichmentPlatform, .dpo],
        .append: [.enrichmentPlatform],
        .relabel: [.dpo],
        .readContact: [.enrichmentPlatform, .crmSync, .marketing, .dpo],
        .readHistory: [.enrichmentPlatform, .dpo],
        .searchContacts: [.enrichmentPlatform, .crmSync, .marketing, .dpo],
        .readEntry: [.verifier, .auditor],
        .receipt: [.enrichmentPlatform, .verifier, .auditor],
        .inclusion: [.verifier, .auditor],
        .consistency: [.verifier, .auditor],
        .bundle: [.verifier, .auditor],
        .seal: [.operator],
        .correctClock: [.operator],
        .erase: [.dpo],
        .rotateKey: [.operator],
        .listKeys: [.operator, .verifier, .auditor],
        .readAudit: [.auditor, .dpo],
        .setPolicy: [.administrator],
        .readPolicy: [.administrator, .operator, .verifier, .auditor],
        .share: [.enrichmentPlatform, .dpo],
        .readSharing: [.enrichmentPlatform, .dpo],
        .readSource: [.enrichmentPlatform, .dpo, .auditor],
        .readProvenance: [.enrichmentPlatform, .dpo, .auditor],
        .proveSubject: [.enrichmentPlatform, .dpo, .auditor],
        .fileRequest: [.dpo, .enrichmentPlatform],
        .workRequest: [.dpo], .readRequest: [.dpo, .enrichmentPlatform], .listRequests: [.dpo],
        .readEnrichment: [.enrichmentPlatform, .dpo], .listEnrichments: [.enrichmentPlatform],
        .readNotices: [.dpo], .noteDelivery: [.dpo], .certifyErasure: [.dpo],
    ]
    /// Without a credential: public, or of whoever has the socket.
    static let ledgerPublic: Set<LedgerOperation> = [
        .tile, .publishedCheckpoint, .health, .recordRefusals, .policyInForce,
        .enrichmentWork,
    ]

    static let keeper: [KeeperOperation: Set<Role>] = [
        .derive: [.enrichmentPlatform, .crmSync, .marketing, .dpo],
        .encrypt: [.enrichmentPlatform, .dpo],
        .relabel: [.dpo],
        .decrypt: [.enrichmentPlatform, .crmSync, .marketing, .dpo],
        .openAddresses: [.auditor, .dpo],
        .callbackTokens: [.enrichmentPlatform],
        // Whoever has a credential.
        .sealAddress: Set(Role.allCases),
    ]
    /// On the gateway's socket, without a credential: an entry is the authority.
    static let keeperGateway: Set<KeeperOperation> = [.health, .issueTicket]
    static let keeperLedger: Set<KeeperOperation> = [
        .signTree, .resignTree, .signManifest, .signPublished, .publicKeys, .reindex, .forget,
        .recover, .signReceipt, .rotateKey, .anchor,
        .introductionKey, .certifyErasure,
    ]

    /// On the ledger's socket, by somebody's word.
    static let keeperForCallers: [KeeperOperation: Set<Role>] = [
        .beginRotation: [.operator], .authorizeErasure: [.dpo],
    ]

    static let entries: [String: [String: Set<Role>]] = [
        "contact": [
            "ContactCreated": [.enrichmentPlatform],
            "AttributeEnriched": [.enrichmentPlatform, .dpo],
            "ContactRelabelled": [.dpo], "ContactUpdated": [.enrichmentPlatform],
            "EnrichmentRequested": [.enrichmentPlatform],
        ],
        "consent": [
            "ConsentGranted": [.enrichmentPlatform], "ConsentRevoked": [.enrichmentPlatform],
        ],
        "provenance": ["ProvenanceRecorded": [.enrichmentPlatform, .dpo]],
        "sharing": [
            "SharingRecorded": [.enrichmentPlatform, .dpo],
            "SharingRevoked": [.enrichmentPlatform, .dpo],
        ],
        "dsr": [
            "DSRReceived": [.dpo, .enrichmentPlatform], "DSRIdentityVerified": [.dpo],
            "DSRStarted": [.dpo], "DSRExtended": [.dpo], "DSRCompleted": [.dpo],
            "DSRCancelled": [.dpo], "ProcessingRestricted": [.dpo],
            "ProcessingRestrictionLifted": [.dpo], "ObjectionRecorded": [.dpo],
            "RecipientNoticeQueued": [.dpo], "LegalHoldPlaced": [.dpo], "LegalHoldReleased": [.dpo],
        ],
    ]

    /// All but the request are steps, which are done on tickets.
    static let enrichmentTypes = [
        EnrichmentRequested.type, EnrichmentReceived.type, EnrichmentTimedOut.type,
        EnrichmentMerged.type, ContactEnriched.type, EnrichmentRolledBack.type,
        EnrichmentInconsistent.type, EnrichmentFailed.type,
    ]

    @Test(arguments: LedgerOperation.allCases, everyRoleSet)
    func ledgerTableIsClosed(operation: LedgerOperation, roles: Set<Role>) {
        let expected =
            Self.ledgerPublic.contains(operation) || operation == .audit
            || !(Self.ledger[operation] ?? []).isDisjoint(with: roles)
        #expect(Permits.allows(operation, roles: roles) == expected)
    }

    @Test(arguments: LedgerOperation.allCases)
    func onlyPublicLedgerOperationsNeedNoCredential(operation: LedgerOperation) {
        #expect(Permits.allows(operation, roles: nil) == Self.ledgerPublic.contains(operation))
    }

    @Test(arguments: KeeperOperation.allCases, everyRoleSet)
    func keeperTableIsClosed(operation: KeeperOperation, roles: Set<Role>) {
        let gateway =
            Self.keeperGateway.contains(operation) || operation == .sealAddress
            || !(Self.keeper[operation] ?? []).isDisjoint(with: roles)
        #expect(Permits.allows(operation, on: .gateway, roles: roles) == gateway)
        // On the ledger's socket roles count for nothing else.
        let ledger =
            operation == .health || Self.keeperLedger.contains(operation)
            || !(Self.keeperForCallers[operation] ?? []).isDisjoint(with: roles)
        #expect(Permits.allows(operation, on: .ledger, roles: roles) == ledger)
    }

    @Test(arguments: KeeperOperation.allCases)
    func keeperWithoutCredentialServesItsLedgerAndHealth(operation: KeeperOperation) {
        #expect(
            Permits.allows(operation, on: .gateway, roles: nil)
                == Self.keeperGateway.contains(operation))
        #expect(
            Permits.allows(operation, on: .ledger, roles: nil)
                == (operation == .health || Self.keeperLedger.contains(operation)))
    }

    @Test(arguments: everyRoleSet)
    func entryTableIsClosed(roles: Set<Role>) {
        let streams = [
            "contact", "consent", "provenance", "sharing", "dsr", "audit", "policy", "key",
            "segment", "", "Contact",
        ]
        let types =
            [
                "ContactCreated", "AttributeEnriched", "ContactRelabelled", "ConsentGranted",
                "ProvenanceRecorded", "ContactUpdated", "ConsentRevoked",
                "AuditEvent", "KeyActivated", "KeyRetired", "SegmentSealed", "LedgerRecovered",
                "ClockCorrected", "PolicySetActivated", "SubjectErased", "ErasureOrdered", "",
                "contactCreated", "SharingRecorded", "SharingRevoked",
            ] + DSREvent.types + Self.enrichmentTypes
        for stream in streams {
            for type in types {
                let permitted = Self.entries[stream]?[type] ?? []
                #expect(
                    Permits.allowsEntry(stream: stream, type: type, roles: roles)
                        == !permitted.isDisjoint(with: roles))
            }
        }
    }

    private static func append(
        _ types: [[String]], to stream: String = "contact"
    ) -> WireLedgerRequest.OneOf_Operation {
        .append(
            .with { append in
                append.mutations = types.map { types in
                    .with { mutation in
                        mutation.entries = types.map { type in
                            .with {
                                $0.stream = DSREvent.types.contains(type) ? "dsr" : stream
                                $0.type = type
                            }
                        }
                    }
                }
            })
    }

    @Test func everyLedgerRequestHasItsOperation() {
        let requests: [(WireLedgerRequest.OneOf_Operation, LedgerOperation)] = [
            (.prepare(.init()), .prepare), (.append(.init()), .audit),
            (.append(.with { $0.mutations = [.init()] }), .append),
            (Self.append([["ContactRelabelled"]]), .relabel),
            // In no company: what else stands beside it is nothing for a trusted subject.
            (Self.append([["ContactRelabelled", "ContactRelabelled"]]), .append),
            (Self.append([["ContactRelabelled"], ["ContactRelabelled"]]), .append),
            (Self.append([["ContactRelabelled"], []]), .append),
            (Self.append([["SharingRecorded"]], to: "sharing"), .share),
            (Self.append([["SharingRevoked"]], to: "sharing"), .share),
            (Self.append([["SharingRecorded"]]), .append),
            (Self.append([["SharingRecorded", "SharingRevoked"]], to: "sharing"), .append),
            (Self.append([["SharingErased"]], to: "sharing"), .append),
            (Self.append([["DSRReceived"], ["DSRReceived"]]), .fileRequest),
            (Self.append([["DSRReceived", "AttributeEnriched"]]), .workRequest),
            (Self.append([["AttributeEnriched", "DSRCompleted"], ["DSRStarted"]]), .workRequest),
            // Where one mutation says nothing of a request, the append is one of contacts.
            (Self.append([["DSRCompleted"], ["AttributeEnriched"]]), .append),
            (Self.append([["DSRReceived"], []]), .append),
            (Self.append([["LegalHoldPlaced"]], to: "dsr"), .workRequest),
            (.readNotices(.init()), .readNotices), (.noteDelivery(.init()), .noteDelivery),
            (.certifyErasure(.init()), .certifyErasure),
            (.readRequest(.init()), .readRequest), (.listRequests(.init()), .listRequests),
            (.readContact(.init()), .readContact), (.readEntry(.init()), .readEntry),
            (.receipt(.init()), .receipt), (.inclusion(.init()), .inclusion),
            (.consistency(.init()), .consistency), (.bundle(.init()), .bundle),
            (.seal(.init()), .seal), (.correctClock(.init()), .correctClock),
            (.erase(.init()), .erase), (.rotateKey(.init()), .rotateKey),
            (.listKeys(.init()), .listKeys), (.recordRefusals(.init()), .recordRefusals),
            (.readAudit(.init()), .readAudit), (.readHistory(.init()), .readHistory),
            (.searchContacts(.init()), .searchContacts),
            (.tile(.init()), .tile),
            (.publishedCheckpoint(.init()), .publishedCheckpoint), (.health(.init()), .health),
            (.setPolicy(.init()), .setPolicy), (.policyInForce(.init()), .policyInForce),
            (.readPolicy(.init()), .readPolicy), (.readSharing(.init()), .readSharing),
            (.readSource(.init()), .readSource), (.readProvenance(.init()), .readProvenance),
            (.proveSubject(.init()), .proveSubject),
            (.readEnrichment(.init()), .readEnrichment),
            (.listEnrichments(.init()), .listEnrichments),
            (.enrichmentWork(.init()), .enrichmentWork),
        ]
        #expect(Set(requests.map(\.1)) == Set(LedgerOperation.allCases))
        for (operation, expected) in requests {
            #expect(LedgerOperation(.with { $0.operation = operation }) == expected)
        }
        #expect(LedgerOperation(WireLedgerRequest()) == nil)
    }

    @Test func everyKeeperRequestHasItsOperation() {
        let requests: [(WireKeeperRequest.OneOf_Operation, KeeperOperation)] = [
            (.derive(.init()), .derive), (.encrypt(.init()), .encrypt),
            (.decrypt(.init()), .decrypt), (.relabel(.init()), .relabel),
            (.signTree(.init()), .signTree),
            (.resignTree(.init()), .resignTree), (.signManifest(.init()), .signManifest),
            (.publicKeys(.init()), .publicKeys), (.reindex(.init()), .reindex),
            (.forget(.init()), .forget), (.recover(.init()), .recover),
            (.signPublished(.init()), .signPublished), (.signReceipt(.init()), .signReceipt),
            (.rotateKey(.with { $0.checkpoint = .retire }), .rotateKey),
            (.rotateKey(.with { $0.checkpoint = .begin }), .beginRotation),
            (.rotateKey(.with { $0.segmentManifest = .begin }), .beginRotation),
            (.rotateKey(.with { $0.day = .init() }), .beginRotation),
            (.authorizeErasure(.init()), .authorizeErasure), (.anchor(.init()), .anchor),
            (.sealAddress(.init()), .sealAddress), (.openAddresses(.init()), .openAddresses),
            (.introductionKey(.init()), .introductionKey), (.health(.init()), .health),
            (.issueTicket(.init()), .issueTicket), (.callbackTokens(.init()), .callbackTokens),
            (.certifyErasure(.init()), .certifyErasure),
        ]
        #expect(Set(requests.map(\.1)) == Set(KeeperOperation.allCases))
        for (operation, expected) in requests {
            #expect(KeeperOperation(.with { $0.operation = operation }) == expected)
        }
        #expect(KeeperOperation(WireKeeperRequest()) == nil)
    }
}
