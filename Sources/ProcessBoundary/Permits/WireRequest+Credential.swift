public import FoundationEssentials

extension WireLedgerRequest {
    /// The caller's token as it came; empty for public operations and when there is none.
    public var credential: Data {
        switch operation {
        case .prepare(let request): request.credential
        case .append(let request): request.credential
        case .readContact(let request): request.credential
        case .readEntry(let request): request.credential
        case .receipt(let request): request.credential
        case .inclusion(let request): request.credential
        case .consistency(let request): request.credential
        case .bundle(let request): request.credential
        case .seal(let request): request.credential
        case .correctClock(let request): request.credential
        case .erase(let request): request.credential
        case .rotateKey(let request): request.credential
        case .listKeys(let request): request.credential
        case .readAudit(let request): request.credential
        case .setPolicy(let request): request.credential
        case .readPolicy(let request): request.credential
        case .readHistory(let request): request.credential
        case .searchContacts(let request): request.credential
        case .readSharing(let request): request.credential
        case .readSource(let request): request.credential
        case .readProvenance(let request): request.credential
        case .proveSubject(let request): request.credential
        case .readRequest(let request): request.credential
        case .listRequests(let request): request.credential
        case .readEnrichment(let request): request.credential
        case .listEnrichments(let request): request.credential
        case .readNotices(let request): request.credential
        case .noteDelivery(let request): request.credential
        case .certifyErasure(let request): request.credential
        case .recordRefusals, .tile, .publishedCheckpoint, .policyInForce, .enrichmentWork, .health,
            nil:
            Data()
        }
    }
}

extension WireLedgerRequest {
    /// What the audit entry of this request tells beside what it does; nil where the ledger writes none.
    public var context: WireAuditContext? {
        switch operation {
        case .append(let request): request.context
        case .seal(let request): request.context
        case .correctClock(let request): request.context
        case .erase(let request): request.context
        case .rotateKey(let request): request.context
        case .setPolicy(let request): request.context
        case .noteDelivery(let request): request.context
        default: nil
        }
    }
}

extension WireKeeperRequest {
    /// The caller's token as it came; empty for operations that carry none.
    public var credential: Data {
        switch operation {
        case .derive(let request): request.credential
        case .encrypt(let request): request.credential
        case .decrypt(let request): request.credential
        case .sealAddress(let request): request.credential
        case .openAddresses(let request): request.credential
        case .relabel(let request): request.credential
        case .authorizeErasure(let request): request.credential
        case .rotateKey(let request): request.credential
        case .callbackTokens(let request): request.credential
        case .signTree, .resignTree, .signManifest, .signPublished, .signReceipt, .publicKeys,
            .reindex, .forget, .recover, .anchor, .introductionKey, .health, .issueTicket,
            .certifyErasure, nil:
            Data()
        }
    }
}
