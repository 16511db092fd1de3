public import ContactModel
import Crypto
public import FoundationEssentials
public import ProcessBoundary

/// What a request signature stands for: method and path of the one request that it allows, and what that says beside them.
public struct SignedTarget: Sendable, Equatable {
    /// `@method` (RFC 9421, section 2.2.1).
    public let method: String
    /// `@path` (section 2.2.6); the request has no query.
    public let path: String
    /// Value of `Content-Digest` (RFC 9530); nil: the request has no body.
    public let contentDigest: String?
    /// Value of `If-Match`.
    public let ifMatch: String?

    public init(
        method: String, path: String, contentDigest: String? = nil, ifMatch: String? = nil
    ) {
        self.method = method
        self.path = path
        self.contentDigest = contentDigest
        self.ifMatch = ifMatch
    }

    public static func erasure(of contact: EntityID) -> SignedTarget {
        SignedTarget(method: "DELETE", path: "/api/v1/contacts/\(contact.text)")
    }

    /// - Parameter use: as in the path: `checkpoint`, `segment-manifest` or `data`.
    public static func rotation(of use: String) -> SignedTarget {
        SignedTarget(method: "POST", path: "/api/v1/keys/\(use)/rotate")
    }

    /// - Parameters:
    ///   - text: in UTF-8.
    ///   - expected: version of the policies that these replace.
    public static func policies(_ text: Data, expected: UInt64?) -> SignedTarget {
        SignedTarget(
            method: "PUT", path: "/api/v1/policies", contentDigest: contentDigest(of: text),
            ifMatch: expected.map { "\"\($0)\"" })
    }

    /// RFC 9530, section 2.
    public static func contentDigest(of body: Data) -> String {
        "sha-256=:\(Data(SHA256.hash(data: body)).base64EncodedString()):"
    }

    /// What a signature covers, in any order. The token, unless there is a body: what is signed with a body stands in the ledger, and
    /// whoever checks it there has no token.
    public var components: [String] {
        guard contentDigest != nil else { return ["@method", "@path", "authorization"] }
        return ["@method", "@path", "content-digest"] + (ifMatch == nil ? [] : ["if-match"])
    }
}

extension WireLedgerRequest {
    /// Whether the caller must have signed it.
    public var isSigned: Bool {
        switch operation {
        case .erase, .rotateKey, .setPolicy: true
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
        case .setPolicy(let request):
            let expected = request.hasExpected ? request.expected : nil
            return (request.signature, .policies(request.text, expected: expected))
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
