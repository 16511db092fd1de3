public import Foundation

/// Other access policies are in force from here on.
public struct PolicySetActivated: LedgerEvent {
    public static let stream = "policy"
    public static let type = "PolicySetActivated"

    /// DER: of whoever asked, whose key made the signature.
    public var certificate: Data
    /// Version of the policies that these replace, where the signature says so (`If-Match`); 0: the ones that are compiled in.
    public var expected: UInt64?
    /// 16 random bytes.
    public var salt: Data
    /// `Signature` and `Signature-Input` of the request (RFC 9421), which cover the text by its `Content-Digest` (RFC 9530).
    public var signature: String
    public var signatureInput: String
    /// The policies, in full.
    public var text: String
    /// Hex of the SHA-256 of the text's UTF-8.
    public var textHash: String

    public init(
        certificate: Data, expected: UInt64?, salt: Data, signature: String,
        signatureInput: String, text: String, textHash: String
    ) {
        self.certificate = certificate
        self.expected = expected
        self.salt = salt
        self.signature = signature
        self.signatureInput = signatureInput
        self.text = text
        self.textHash = textHash
    }

    public func write(to payload: inout PayloadWriter) {
        payload.binary("certificate", certificate)
        if let expected { payload.integer("expected", expected) }
        payload.binary("salt", salt)
        payload.text("signature", signature)
        payload.text("signatureInput", signatureInput)
        payload.text("text", text)
        payload.text("textHash", textHash)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        certificate = try payload.binary("certificate")
        expected = try payload.optionalInteger("expected")
        salt = try payload.binary("salt")
        signature = try payload.text("signature")
        signatureInput = try payload.text("signatureInput")
        text = try payload.text("text")
        textHash = try payload.text("textHash")
    }
}
