/// What can be asked of chancery-keeper. The names are those of the request's members (keeper.proto).
public enum KeeperOperation: String, Sendable, CaseIterable {
    case derive, encrypt, decrypt, relabel
    /// Where a caller's requests come from, for audit entries.
    case sealAddress = "seal_address"
    case openAddresses = "open_addresses"
    case signTree = "sign_tree"
    case resignTree = "resign_tree"
    case signManifest = "sign_manifest"
    case signPublished = "sign_published"
    case signReceipt = "sign_receipt"
    case publicKeys = "public_keys"
    case reindex
    case forget
    case recover
    /// The first step of a rotation, which somebody asks for; the others complete it.
    case beginRotation = "begin_rotation"
    case rotateKey = "rotate_key"
    case authorizeErasure = "authorize_erasure"
    case certifyErasure = "certify_erasure"
    case anchor
    case introductionKey = "introduction_key"
    case health
    /// A ticket for a step of an enrichment, on the receipt of the entry that it follows from.
    case issueTicket = "issue_ticket"
    /// What vendors answer with.
    case callbackTokens = "callback_tokens"

    /// nil: the request names no operation that this version knows.
    public init?(_ request: WireKeeperRequest) {
        switch request.operation {
        case .derive: self = .derive
        case .encrypt: self = .encrypt
        case .decrypt: self = .decrypt
        case .sealAddress: self = .sealAddress
        case .openAddresses: self = .openAddresses
        case .relabel: self = .relabel
        case .signTree: self = .signTree
        case .resignTree: self = .resignTree
        case .signManifest: self = .signManifest
        case .signPublished: self = .signPublished
        case .signReceipt: self = .signReceipt
        case .publicKeys: self = .publicKeys
        case .reindex: self = .reindex
        case .forget: self = .forget
        case .recover: self = .recover
        case .rotateKey(let request): self = request.begins ? .beginRotation : .rotateKey
        case .authorizeErasure: self = .authorizeErasure
        case .certifyErasure: self = .certifyErasure
        case .anchor: self = .anchor
        case .introductionKey: self = .introductionKey
        case .health: self = .health
        case .issueTicket: self = .issueTicket
        case .callbackTokens: self = .callbackTokens
        case nil: return nil
        }
    }
}

extension WireRotateKeyRequest {
    /// Whether it is somebody's wish, and not what follows from one.
    public var begins: Bool {
        switch key {
        case .checkpoint(.begin), .segmentManifest(.begin), .day: true
        default: false
        }
    }
}

/// The keeper's sockets: one per caller, since development shares one user among the processes.
public enum KeeperSocket: String, Sendable, CaseIterable {
    case gateway = "keeper.gateway.sock"
    case ledger = "keeper.ledger.sock"
}
