import ProcessBoundary

/// Why a request signature does not count.
enum SignatureRefusal: String, Error {
    case missing =
        "this needs a request signature (RFC 9421) by the key of the client certificate that the token is bound to"
    case unbound =
        "this needs a token that is bound to a client certificate (RFC 8705), whose key signs the request"
    case malformed =
        "Signature-Input or Signature is not one signature with created, nonce, keyid and alg"
    case nonce = "the signature's nonce has 16 to 64 characters"
    case coverage =
        "the signature covers @method, @path and authorization, and nothing else; for policies @method, @path, content-digest and, where it is sent, if-match"
    case origin =
        "the signature's tag is not the origin of this log, the first line of /ledger/checkpoint"
    case certificate = "the certificate that came with the signature is not the token's"
    case algorithm =
        "the signature's alg is not that of the certificate's key, ecdsa-p256-sha256 or ecdsa-p384-sha384"
    case time =
        "the signature was not made within the last minute, or a second ahead; check both clocks and sign again"
    case early = "the signature was made before this process began; sign again"
    case repeated = "the signature was used before; sign again, with another nonce"
    case forged = "the signature does not verify for this request and token"
    case busy = "too many signatures within a minute; try again"

    /// `SIGNATURE` with this message, which may be passed on: it holds nothing that was sent.
    var fault: WireFault {
        switch self {
        case .busy: WireFault(.overloaded, rawValue, retryAfterMilliseconds: 1_000)
        case .early: WireFault(.unavailable, rawValue, retryAfterMilliseconds: 1_000)
        default: WireFault(.signature, rawValue)
        }
    }
}
