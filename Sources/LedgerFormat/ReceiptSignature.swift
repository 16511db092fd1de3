// FORMAT 7.1, RFC 7515: a JWS with detached content (appendix F) over the bytes of a receipt, or of a certificate (FORMAT 9.14):
//   BASE64URL(header) ‖ ".." ‖ BASE64URL(r ‖ s)
//   header    {"alg":"ES384","kid":"<16 hex digits>","typ":"chancery-receipt"}, or "chancery-erasure": these bytes
//   signed    BASE64URL(header) ‖ "." ‖ BASE64URL(content)
// r and s are 48 bytes each (RFC 7518 section 3.4).

internal import Crypto

/// Says that the keeper of a ledger issued a receipt, or a certificate. Reading one checks only its form.
public struct ReceiptSignature: Sendable, Equatable {
    public static let signatureBytes = 96

    /// What is signed: a signature of one is none of the other.
    public enum Content: String, Sendable {
        case receipt = "chancery-receipt"
        case erasure = "chancery-erasure"
    }

    public let content: Content

    /// Of the receipt key: 16 hexadecimal digits.
    public let keyID: String
    public let value: [UInt8]

    /// - Returns: nil for a key id that is none, or a value that is not r ‖ s.
    public init?(keyID: String, value: [UInt8], of content: Content = .receipt) {
        guard keyID.utf8.count == 16, LowerHex.decode(keyID) != nil,
            value.count == Self.signatureBytes
        else { return nil }
        self.keyID = keyID
        self.value = value
        self.content = content
    }

    /// - Returns: nil for anything but what `text` writes, perhaps with a newline behind it.
    public init?(parsing bytes: [UInt8], of content: Content = .receipt) {
        guard bytes.count <= LedgerLimits.maxReceiptSignatureBytes else { return nil }
        let line = bytes.last == 0x0A ? bytes.dropLast() : bytes[...]
        let parts = line.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].isEmpty, let header = Self.decode(parts[0]),
            let value = Self.decode(parts[2]),
            let members = header.withUnsafeBytes({ header in
                try? CanonicalJSON.read(header, limit: LedgerLimits.maxReceiptSignatureBytes)
            }),
            let keyID = members["kid"]?.string, header == Self.header(keyID, content)
        else { return nil }
        self.init(keyID: keyID, value: value, of: content)
    }

    public var text: String {
        "\(Self.encode(Self.header(keyID, content)))..\(Self.encode(value))"
    }

    /// What the key of this id signs.
    public static func signingInput(
        keyID: String, receipt bytes: [UInt8], of content: Content = .receipt
    ) -> [UInt8] {
        Array("\(encode(header(keyID, content))).\(encode(bytes))".utf8)
    }

    /// - Returns: false also for a key that `isAcceptable(spki:)` refuses.
    public func isValid(for bytes: [UInt8], spki: [UInt8]) -> Bool {
        guard let key = Self.publicKey(spki),
            let signature = try? P384.Signing.ECDSASignature(rawRepresentation: value)
        else { return false }
        let message = Self.signingInput(keyID: keyID, receipt: bytes, of: content)
        return key.isValidSignature(signature, for: SHA384.hash(data: message))
    }

    /// A P-384 key in the one DER encoding that SPKI has for it.
    public static func isAcceptable(spki: [UInt8]) -> Bool { publicKey(spki) != nil }

    private static func publicKey(_ spki: [UInt8]) -> P384.Signing.PublicKey? {
        guard spki.count <= 256,
            let key = try? P384.Signing.PublicKey(derRepresentation: spki),
            key.derRepresentation.elementsEqual(spki)
        else { return nil }
        return key
    }

    private static func header(_ keyID: String, _ content: Content) -> [UInt8] {
        Array("{\"alg\":\"ES384\",\"kid\":\"\(keyID)\",\"typ\":\"\(content.rawValue)\"}".utf8)
    }

    /// RFC 4648 section 5, without padding.
    private static func encode(_ bytes: [UInt8]) -> String {
        let digits = StrictBase64.encode(bytes).utf8.compactMap { digit -> UInt8? in
            switch digit {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            case UInt8(ascii: "="): nil
            default: digit
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    private static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard !text.contains(where: { "+/=".utf8.contains($0) }),
            var digits = String(validating: text, as: UTF8.self)
        else { return nil }
        digits = String(digits.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        digits += String(repeating: "=", count: (4 - text.count % 4) % 4)
        return StrictBase64.decode(digits)
    }
}
