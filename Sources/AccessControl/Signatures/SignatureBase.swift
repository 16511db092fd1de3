/// The bytes that a request signature stands over (RFC 9421, section 2.5).
///
/// It covers what is asked for (``SignedTarget/components``), and its parameter `tag` says of which log. So it is good for that one request,
/// there, once.
public enum SignatureBase {

    /// - Parameters:
    ///   - components: those of `target`, in the signature's order.
    ///   - token: as behind `Bearer`.
    ///   - parameters: of the signature, as `Signature-Input` has them.
    public static func text(
        _ target: SignedTarget, token: String, components: [String], parameters: String
    ) -> String {
        var lines = components.map { name in
            let value =
                switch name {
                case "@method": target.method
                case "@path": target.path
                case "content-digest": target.contentDigest ?? ""
                case "if-match": target.ifMatch ?? ""
                default: "Bearer " + token
                }
            return "\"\(name)\": \(value)"
        }
        lines.append("\"@signature-params\": \(parameters)")
        return lines.joined(separator: "\n")
    }

    /// - Parameters:
    ///   - components: what is covered.
    ///   - created: Unix seconds.
    ///   - keyID: base64url of the certificate's SHA-256.
    ///   - algorithm: `ecdsa-p256-sha256` or `ecdsa-p384-sha384` (section 3.3).
    ///   - nonce: 16 to 64 characters, drawn for this signature.
    ///   - origin: of the log that the request is for, the first line of its checkpoints: the signature's `tag` (section 2.3). A host's name
    ///     would not do, since ledger and keeper do not know it.
    public static func parameters(
        _ components: [String], created: Int, keyID: String, algorithm: String, nonce: String,
        origin: String
    ) -> String {
        let covered = components.map { "\"\($0)\"" }.joined(separator: " ")
        return "(\(covered));created=\(created);nonce=\"\(nonce)\";keyid=\"\(keyID)\""
            + ";alg=\"\(algorithm)\";tag=\"\(origin)\""
    }
}
