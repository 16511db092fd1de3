public import Foundation

/// One encrypted field as it stands in a payload; its JSON is exactly FORMAT section 9.
public struct EncryptedValue: Hashable, Sendable {
    public static let algorithm = "AES-256-GCM"

    public let algorithm: String
    /// 16 bytes.
    public let authTag: Data
    public let ciphertext: Data
    /// 12 bytes.
    public let iv: Data
    /// `DEK-YYYYMMDD` or `DEK-YYYYMMDD.hhmmss`, the day key it is under.
    public let keyId: String

    /// Nil when a length, the algorithm or the key id is not as FORMAT 9 has it.
    public init?(
        algorithm: String = EncryptedValue.algorithm, authTag: Data, ciphertext: Data, iv: Data,
        keyId: String
    ) {
        guard algorithm == Self.algorithm, authTag.count == 16, iv.count == 12,
            Self.isKeyID(keyId)
        else { return nil }
        self.algorithm = algorithm
        self.authTag = authTag
        self.ciphertext = ciphertext
        self.iv = iv
        self.keyId = keyId
    }

    static func isKeyID(_ text: String) -> Bool {
        let rest = text.utf8.dropFirst(4)
        guard text.utf8.starts(with: "DEK-".utf8), rest.prefix(8).allSatisfy(ASCII.isDigit) else {
            return false
        }
        let time = rest.dropFirst(8)
        switch rest.count {
        case 8: return true
        case 15:
            return time.first == UInt8(ascii: ".")
                && time.dropFirst().allSatisfy(ASCII.isDigit)
        default: return false
        }
    }
}

extension PayloadWriter {
    mutating func sealed(_ name: StaticString, _ value: EncryptedValue) {
        object(name) { payload in
            payload.text("algorithm", value.algorithm)
            payload.binary("authTag", value.authTag)
            payload.binary("ciphertext", value.ciphertext)
            payload.binary("iv", value.iv)
            payload.text("keyId", value.keyId)
        }
    }

    /// Absent when nil.
    mutating func sealed(_ name: StaticString, _ value: EncryptedValue?) {
        if let value { sealed(name, value) }
    }
}

extension PayloadReader {
    mutating func sealed(_ name: StaticString) throws(PayloadError) -> EncryptedValue {
        try object(name) { payload throws(PayloadError) in try payload.sealedMembers() }
    }

    mutating func optionalSealed(_ name: StaticString) throws(PayloadError) -> EncryptedValue? {
        try optionalObject(name) { payload throws(PayloadError) in try payload.sealedMembers() }
    }

    private mutating func sealedMembers() throws(PayloadError) -> EncryptedValue {
        let algorithm = try text("algorithm")
        let authTag = try binary("authTag")
        let ciphertext = try binary("ciphertext")
        let iv = try binary("iv")
        let keyID = try text("keyId")
        guard
            let value = EncryptedValue(
                algorithm: algorithm, authTag: authTag, ciphertext: ciphertext, iv: iv,
                keyId: keyID)
        else { throw failure }
        return value
    }
}
