public import ContactModel
import ProcessBoundary

/// What a request wants to do, and its name in the audit trail.
public enum Action: String, Sendable, CaseIterable {
    case createContact = "contact.create"
    case readContact = "contact.read"
    case findContact = "contact.find"
    case eraseContact = "contact.erase"
    case relabelContact = "contact.relabel"
    case updateContact = "contact.update"
    case readHistory = "contact.history"
    case addAttributes = "attribute.add"
    case grantConsent = "consent.grant"
    case revokeConsent = "consent.revoke"
    case applyMutations = "mutations.apply"
    case readEntry = "entry.read"
    case readReceipt = "receipt.read"
    case proveInclusion = "proof.inclusion"
    case proveConsistency = "proof.consistency"
    case readBundle = "bundle.read"
    case sealSegment = "segment.seal"
    case correctClock = "clock.correct"
    case rotateKey = "key.rotate"
    case listKeys = "key.list"
    case readAudit = "audit.read"
    case setPolicies = "policy.set"
    case readPolicies = "policy.read"
    case recordSharing = "sharing.record"
    case revokeSharing = "sharing.revoke"
    case readSharing = "sharing.read"
    case readProvenance = "provenance.read"
    case verifyProvenance = "provenance.verify"
    case fileRequest = "dsr.file"
    case readRequest = "dsr.read"
    case listRequests = "dsr.list"
    case workRequest = "dsr.work"
    /// Of the data that is asked for, of the evidence, and of an erasure's certificate.
    case answerRequest = "dsr.answer"
    case requestEnrichment = "enrichment.request"
    case readEnrichment = "enrichment.read"
    case listEnrichments = "enrichment.list"
    /// Of what vendors answer with.
    case issueCallbacks = "enrichment.callbacks"
    case placeHold = "hold.place"
    case releaseHold = "hold.release"
    case readHolds = "hold.read"

    /// Whoever may have the ledger do it; it consults the same table and checks again.
    public var roles: Set<Role> {
        if case .oneOf(let roles) = Permits.requirement(of: operation) { roles } else { [] }
    }

    /// What the ledger is asked for in the end.
    private var operation: LedgerOperation {
        switch self {
        case .createContact, .applyMutations, .updateContact, .addAttributes, .grantConsent,
            .revokeConsent, .requestEnrichment:
            .append
        case .readHistory: .readHistory
        case .readContact, .findContact: .readContact
        case .readEntry: .readEntry
        case .readReceipt: .receipt
        case .proveInclusion: .inclusion
        case .proveConsistency: .consistency
        case .readBundle: .bundle
        case .eraseContact: .erase
        case .relabelContact: .relabel
        case .sealSegment: .seal
        case .correctClock: .correctClock
        case .rotateKey: .rotateKey
        case .listKeys: .listKeys
        case .readAudit: .readAudit
        case .setPolicies: .setPolicy
        case .readPolicies: .readPolicy
        case .recordSharing, .revokeSharing: .share
        case .readSharing: .readSharing
        case .readProvenance: .readProvenance
        case .verifyProvenance: .proveSubject
        case .fileRequest: .fileRequest
        case .readRequest: .readRequest
        case .listRequests: .listRequests
        case .workRequest, .answerRequest, .placeHold, .releaseHold, .readHolds: .workRequest
        case .readEnrichment: .readEnrichment
        case .listEnrichments, .issueCallbacks: .listEnrichments
        }
    }

    public var category: AuditCategory {
        switch self {
        case .createContact, .applyMutations, .eraseContact, .relabelContact, .updateContact,
            .addAttributes, .grantConsent, .revokeConsent, .recordSharing, .revokeSharing,
            .fileRequest, .workRequest, .requestEnrichment, .placeHold,
            .releaseHold:
            .dataMutation
        case .readContact, .findContact, .readHistory, .readSharing, .readProvenance,
            .verifyProvenance, .readRequest, .listRequests, .answerRequest, .readEnrichment,
            .listEnrichments, .issueCallbacks, .readHolds:
            .dataAccess
        case .readEntry, .readReceipt, .proveInclusion, .proveConsistency, .readBundle,
            .listKeys, .readAudit, .readPolicies:
            .ledgerAccess
        case .sealSegment, .correctClock, .rotateKey, .setPolicies: .operation
        }
    }

    /// What operators do; and relabels, where ledger and keeper want it in any case.
    var needsCertificate: Bool { category == .operation || self == .relabelContact }

    public var resourceType: String {
        switch self {
        case .createContact, .readContact, .findContact, .applyMutations, .eraseContact,
            .relabelContact, .updateContact, .readHistory, .addAttributes, .grantConsent,
            .revokeConsent, .recordSharing, .revokeSharing, .readSharing, .readProvenance,
            .verifyProvenance, .requestEnrichment, .placeHold, .releaseHold,
            .readHolds:
            "contact"
        case .readEntry, .readReceipt: "entry"
        case .proveInclusion, .proveConsistency: "proof"
        case .readBundle: "bundle"
        case .sealSegment: "segment"
        case .correctClock: "clock"
        case .rotateKey, .listKeys: "key"
        case .readAudit: "audit"
        case .setPolicies, .readPolicies: "policy"
        case .fileRequest, .readRequest, .listRequests, .workRequest, .answerRequest: "dsr"
        case .readEnrichment, .listEnrichments, .issueCallbacks: "enrichment"
        }
    }
}
