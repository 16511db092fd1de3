public import ContactModel
public import ProcessBoundary

/// What a request signature stands for: method and path of the one request that it allows.
public struct SignedTarget: Sendable, Equatable {
    /// `@method` (RFC 9421, section 2.2.1).
    public let method: String
    /// `@path` (section 2.2.6); the request has no query.
    public let path: String

    public init(method: String, path: String) {
        self.method = method
        self.path = path
    }

    public static func erasure(of contact: EntityID) -> SignedTarget {
        SignedTarget(method: "DELETE", path: "/api/v1/contacts/\(contact.text)")
    }

    /// - Parameter use: as in the path: `checkpoint`, `segment-manifest` or `data`.
    public static func rotation(of use: String) -> SignedTarget {
        SignedTarget(method: "POST", path: "/api/v1/keys/\(use)/rotate")
    }
}

extension WireLedgerRequest {
    /// Whether the caller must have signed it.
    public var isSigned: Bool {
        switch operation {
        case .erase, .rotateKey: true
        default: false
        }
    }

    /// What the caller must have signed for this; nil: nothing, its credential is enough.
    ///
    /// - Throws: `INVALID` for a request that names nothing that could be signed.
    func signedTarget() throws(WireFault) -> (WireSignedRequest, SignedTarget)? {
        switch operation {
        case .erase(let request):
            guard let contact = EntityID(bytes: request.contactID) else {
                throw WireFault(.invalid, "Refused: a contact id has 16 bytes.")
            }
            return (request.signature, .erasure(of: contact))
        case .rotateKey(let request):
            let use =
                switch request.key {
                case .checkpoint: "checkpoint"
                case .segmentManifest: "segment-manifest"
                case .data: "data"
                case .unspecified, .UNRECOGNIZED: ""
                }
            return (request.signature, .rotation(of: use))
        default: return nil
        }
    }
}

extension WireKeeperRequest {
    /// The same of the keeper; what an erasure's signature is for, it finds out when it opens the contact's id.
    var signedTarget: (WireSignedRequest, SignedTarget)? {
        guard case .rotateKey(let request) = operation else { return nil }
        let use: String
        switch request.key {
        case .checkpoint(.begin): use = "checkpoint"
        case .segmentManifest(.begin): use = "segment-manifest"
        case .day: use = "data"
        default: return nil
        }
        return (request.signature, .rotation(of: use))
    }
}
