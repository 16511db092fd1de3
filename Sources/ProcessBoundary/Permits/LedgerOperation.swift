import ContactModel

/// What can be asked of chancery-ledger. The names are those of the request's members (ledger.proto).
public enum LedgerOperation: String, Sendable, CaseIterable {
    case prepare
    /// An append with at least one mutation; each entry needs its own permit as well.
    case append
    /// An append of a `ContactRelabelled` alone: of trusted subjects, who append nothing else.
    case relabel
    /// An append of a `SharingRecorded` or a `SharingRevoked` alone: of whoever gives data on, or answers for it.
    case share
    /// An append with no mutation: the audit entry alone, for a read or a refusal.
    case audit
    case readContact = "read_contact"
    case readEntry = "read_entry"
    case receipt
    case inclusion
    case consistency
    case bundle
    case seal
    case correctClock = "correct_clock"
    case tile
    case publishedCheckpoint = "published_checkpoint"
    case erase
    case rotateKey = "rotate_key"
    case listKeys = "list_keys"
    case recordRefusals = "record_refusals"
    case readAudit = "read_audit"
    case health
    case setPolicy = "set_policy"
    case policyInForce = "policy_in_force"
    case readPolicy = "read_policy"
    case readHistory = "read_history"
    case searchContacts = "search_contacts"
    case readSharing = "read_sharing"
    case readSource = "read_source"
    case readProvenance = "read_provenance"
    case proveSubject = "prove_subject"
    /// An append of `DSRReceived` alone: a data subject's request is written down.
    case fileRequest = "file_request"
    /// An append each of whose mutations is about a data subject's request: what else it has is the answer to one. Or about a legal hold.
    case workRequest = "work_request"
    case readRequest = "read_request"
    case listRequests = "list_requests"
    case readEnrichment = "read_enrichment"
    case listEnrichments = "list_enrichments"
    case enrichmentWork = "enrichment_work"
    /// Who is to be told of an answer or of an erasure, and who was.
    case readNotices = "read_notices"
    /// That a recipient was told.
    case noteDelivery = "note_delivery"
    case certifyErasure = "certify_erasure"

    /// nil: the request names no operation that this version knows.
    public init?(_ request: WireLedgerRequest) {
        switch request.operation {
        case .prepare: self = .prepare
        case .append(let append) where append.relabels: self = .relabel
        case .append(let append) where append.shares: self = .share
        case .append(let append) where append.filesRequests: self = .fileRequest
        case .append(let append) where append.worksOnRequests: self = .workRequest
        case .append(let append): self = append.mutations.isEmpty ? .audit : .append
        case .readContact: self = .readContact
        case .readEntry: self = .readEntry
        case .receipt: self = .receipt
        case .inclusion: self = .inclusion
        case .consistency: self = .consistency
        case .bundle: self = .bundle
        case .seal: self = .seal
        case .correctClock: self = .correctClock
        case .tile: self = .tile
        case .publishedCheckpoint: self = .publishedCheckpoint
        case .erase: self = .erase
        case .rotateKey: self = .rotateKey
        case .listKeys: self = .listKeys
        case .recordRefusals: self = .recordRefusals
        case .readAudit: self = .readAudit
        case .health: self = .health
        case .setPolicy: self = .setPolicy
        case .policyInForce: self = .policyInForce
        case .readPolicy: self = .readPolicy
        case .readHistory: self = .readHistory
        case .searchContacts: self = .searchContacts
        case .readSharing: self = .readSharing
        case .readSource: self = .readSource
        case .readProvenance: self = .readProvenance
        case .proveSubject: self = .proveSubject
        case .readRequest: self = .readRequest
        case .listRequests: self = .listRequests
        case .readEnrichment: self = .readEnrichment
        case .listEnrichments: self = .listEnrichments
        case .enrichmentWork: self = .enrichmentWork
        case .readNotices: self = .readNotices
        case .noteDelivery: self = .noteDelivery
        case .certifyErasure: self = .certifyErasure
        case nil: return nil
        }
    }
}

extension WireAppendRequest {
    /// Whether it holds one entry, which relabels a contact.
    fileprivate var relabels: Bool {
        guard let entry = onlyEntry else { return false }
        return entry.stream == ContactRelabelled.stream && entry.type == ContactRelabelled.type
    }

    /// Whether it holds one entry, which tells of a sharing.
    fileprivate var shares: Bool {
        guard let entry = onlyEntry else { return false }
        return entry.stream == SharingRecorded.stream
            && [SharingRecorded.type, SharingRevoked.type].contains(entry.type)
    }

    private var onlyEntry: WireEntryDraft? {
        guard mutations.count == 1, let entries = mutations.first?.entries, entries.count == 1
        else { return nil }
        return entries.first
    }

    /// Whether it holds nothing but requests that came in.
    fileprivate var filesRequests: Bool {
        !mutations.isEmpty
            && mutations.allSatisfy { mutation in
                !mutation.entries.isEmpty
                    && mutation.entries.allSatisfy { entry in
                        entry.stream == DSRReceived.stream && entry.type == DSRReceived.type
                    }
            }
    }

    /// Whether each of its mutations says something of a request.
    fileprivate var worksOnRequests: Bool {
        !mutations.isEmpty
            && mutations.allSatisfy { mutation in
                mutation.entries.contains { $0.stream == DSRReceived.stream }
            }
    }
}
