public import ContactModel

/// Who may do what: coded, not configured, the same in every process, and closed. What no row names is refused.
public enum Permits {
    /// What an operation asks of its caller.
    public enum Requirement: Sendable, Equatable {
        /// Nothing, not even a credential.
        case nobodyInParticular
        /// A verified credential, whatever its roles.
        case anyPrincipal
        /// A verified credential with one of these roles.
        case oneOf(Set<Role>)
        /// No credential: the socket is the authority, since only one process is given it.
        case socketAlone
    }

    /// An entry that a role may ask the ledger to append. `AuditEvent`, the streams `key` and `segment`, an erasure, and that a recipient
    /// was told, stand in no row: those entries are the ledger's own.
    private struct EntryRow {
        let stream: String
        let type: String
        let roles: Set<Role>
    }

    private static let entries = [
        EntryRow(stream: "contact", type: "ContactCreated", roles: [.enrichmentPlatform]),
        EntryRow(stream: "contact", type: "AttributeEnriched", roles: correctors),
        EntryRow(stream: "consent", type: "ConsentGranted", roles: [.enrichmentPlatform]),
        EntryRow(stream: "provenance", type: "ProvenanceRecorded", roles: correctors),
        EntryRow(stream: "contact", type: "ContactRelabelled", roles: trusted),
        EntryRow(stream: "contact", type: "ContactUpdated", roles: [.enrichmentPlatform]),
        EntryRow(stream: "consent", type: "ConsentRevoked", roles: [.enrichmentPlatform]),
        EntryRow(stream: "sharing", type: "SharingRecorded", roles: sharers),
        EntryRow(stream: "sharing", type: "SharingRevoked", roles: sharers),
        EntryRow(stream: "dsr", type: "DSRReceived", roles: filers),
        EntryRow(stream: "dsr", type: "DSRIdentityVerified", roles: officers),
        EntryRow(stream: "dsr", type: "DSRStarted", roles: officers),
        EntryRow(stream: "dsr", type: "DSRExtended", roles: officers),
        EntryRow(stream: "dsr", type: "DSRCompleted", roles: officers),
        EntryRow(stream: "dsr", type: "DSRCancelled", roles: officers),
        EntryRow(stream: "dsr", type: "ProcessingRestricted", roles: officers),
        EntryRow(stream: "dsr", type: "ProcessingRestrictionLifted", roles: officers),
        EntryRow(stream: "dsr", type: "ObjectionRecorded", roles: officers),
        EntryRow(stream: "dsr", type: "RecipientNoticeQueued", roles: officers),
        EntryRow(stream: "contact", type: "EnrichmentRequested", roles: [.enrichmentPlatform]),
        EntryRow(stream: "dsr", type: "LegalHoldPlaced", roles: officers),
        EntryRow(stream: "dsr", type: "LegalHoldReleased", roles: officers),
    ]

    /// Trusted subjects: they alone take a contact to another label, within their clearance.
    private static let trusted: Set<Role> = [.dpo]

    /// Whoever gives data on records it, and so may who answers for it. Consumers are recipients: they record nothing of themselves.
    private static let sharers: Set<Role> = [.enrichmentPlatform, .dpo]

    /// Whoever answers to data subjects.
    private static let officers: Set<Role> = [.dpo]
    /// Whoever a data subject's request may come to first.
    private static let filers: Set<Role> = [.dpo, .enrichmentPlatform]
    /// Whoever writes values of a contact; an officer only as the answer to a request (``LedgerOperation/workRequest``).
    private static let correctors: Set<Role> = [.enrichmentPlatform, .dpo]

    /// Of contacts.
    private static let readers: Set<Role> = [.enrichmentPlatform, .crmSync, .marketing, .dpo]
    /// Of the audit trail: as far as their clearance has its compartment.
    private static let auditReaders: Set<Role> = [.auditor, .dpo]

    public static func requirement(of operation: LedgerOperation) -> Requirement {
        switch operation {
        case .append: .oneOf([.enrichmentPlatform])
        case .prepare: .oneOf(trusted.union([.enrichmentPlatform]))
        case .relabel: .oneOf(trusted)
        case .share, .readSharing: .oneOf(sharers)
        // What is sealed in it stays so: the keeper opens nothing for an auditor.
        case .readSource, .readProvenance, .proveSubject: .oneOf(sharers.union([.auditor]))
        // A refused request is audited too, so even a principal without a role may leave its trace.
        case .audit: .anyPrincipal
        case .readContact, .searchContacts: .oneOf(readers)
        // What a contact was is for those who keep it right; who uses it needs what it is.
        case .readHistory: .oneOf([.enrichmentPlatform, .dpo])
        case .receipt: .oneOf([.enrichmentPlatform, .verifier, .auditor])
        case .readEntry, .inclusion, .consistency, .bundle: .oneOf([.verifier, .auditor])
        case .seal, .correctClock, .rotateKey: .oneOf([.operator])
        case .listKeys: .oneOf([.operator, .verifier, .auditor])
        case .erase: .oneOf([.dpo])
        case .readAudit: .oneOf(auditReaders)
        case .recordRefusals: .socketAlone
        case .setPolicy: .oneOf([.administrator])
        case .policyInForce: .socketAlone
        case .readPolicy: .oneOf([.administrator, .auditor, .verifier, .operator])
        case .fileRequest, .readRequest: .oneOf(filers)
        case .workRequest, .listRequests, .readNotices, .noteDelivery, .certifyErasure:
            .oneOf(officers)
        case .readEnrichment: .oneOf([.enrichmentPlatform, .dpo])
        case .listEnrichments: .oneOf([.enrichmentPlatform])
        case .enrichmentWork: .socketAlone
        case .tile, .publishedCheckpoint, .health: .nobodyInParticular
        }
    }

    /// nil: not on this socket, whoever asks.
    public static func requirement(
        of operation: KeeperOperation, on socket: KeeperSocket
    ) -> Requirement? {
        switch (socket, operation) {
        // A contact is found by its email's index value: whoever may read needs it.
        case (.gateway, .derive), (.gateway, .decrypt): .oneOf(readers)
        // What an officer records of a sharing has a value to seal, too.
        case (.gateway, .encrypt): .oneOf(sharers)
        case (.gateway, .sealAddress): .anyPrincipal
        case (.gateway, .openAddresses): .oneOf(auditReaders)
        case (.gateway, .relabel): .oneOf(trusted)
        case (.ledger, .signTree), (.ledger, .resignTree), (.ledger, .signManifest),
            (.ledger, .signPublished), (.ledger, .signReceipt), (.ledger, .publicKeys),
            (.ledger, .reindex), (.ledger, .forget), (.ledger, .recover), (.ledger, .rotateKey),
            (.ledger, .anchor), (.ledger, .introductionKey), (.ledger, .certifyErasure):
            .socketAlone
        case (.ledger, .beginRotation): .oneOf([.operator])
        case (.ledger, .authorizeErasure): .oneOf([.dpo])
        // The receipt is the authority: it is of an entry that somebody with a role had appended.
        case (.gateway, .issueTicket): .socketAlone
        case (.gateway, .callbackTokens): .oneOf([.enrichmentPlatform])
        case (_, .health): .nobodyInParticular
        case (.gateway, _), (.ledger, _): nil
        }
    }

    /// - Parameter roles: of a verified credential; nil when there is none.
    public static func allows(_ operation: LedgerOperation, roles: Set<Role>?) -> Bool {
        allows(requirement(of: operation), roles)
    }

    public static func allows(
        _ operation: KeeperOperation, on socket: KeeperSocket, roles: Set<Role>?
    ) -> Bool {
        guard let requirement = requirement(of: operation, on: socket) else { return false }
        return allows(requirement, roles)
    }

    /// Whether an append may contain an entry of this stream and type.
    public static func allowsEntry(stream: String, type: String, roles: Set<Role>) -> Bool {
        entries.contains {
            $0.stream == stream && $0.type == type && !$0.roles.isDisjoint(with: roles)
        }
    }

    private static func allows(_ requirement: Requirement, _ roles: Set<Role>?) -> Bool {
        switch requirement {
        case .nobodyInParticular, .socketAlone: true
        case .anyPrincipal: roles != nil
        case .oneOf(let permitted): roles.map { !$0.isDisjoint(with: permitted) } ?? false
        }
    }
}
