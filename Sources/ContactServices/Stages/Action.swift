public import ContactModel

/// What a request wants to do: its name in the audit trail, and which roles may (a coded table; ledger and keeper
/// hold their own and check again).
public enum Action: String, Sendable, CaseIterable {
    case createContact = "contact.create"
    case readContact = "contact.read"
    case findContact = "contact.find"
    case applyMutations = "mutations.apply"
    case readEntry = "entry.read"
    case readReceipt = "receipt.read"
    case proveInclusion = "proof.inclusion"
    case proveConsistency = "proof.consistency"
    case readBundle = "bundle.read"
    case sealSegment = "segment.seal"
    case correctClock = "clock.correct"

    public var roles: Set<Role> {
        switch self {
        case .createContact, .applyMutations: [.enrichmentPlatform]
        case .readContact, .findContact: [.enrichmentPlatform, .dpo]
        case .readEntry, .proveInclusion, .proveConsistency, .readBundle: [.verifier]
        case .readReceipt: [.verifier, .enrichmentPlatform]
        case .sealSegment, .correctClock: [.operator]
        }
    }

    public var category: AuditCategory {
        switch self {
        case .createContact, .applyMutations: .dataMutation
        case .readContact, .findContact: .dataAccess
        case .readEntry, .readReceipt, .proveInclusion, .proveConsistency, .readBundle:
            .ledgerAccess
        case .sealSegment, .correctClock: .operation
        }
    }

    public var resourceType: String {
        switch self {
        case .createContact, .readContact, .findContact, .applyMutations: "contact"
        case .readEntry, .readReceipt: "entry"
        case .proveInclusion, .proveConsistency: "proof"
        case .readBundle: "bundle"
        case .sealSegment: "segment"
        case .correctClock: "clock"
        }
    }
}
