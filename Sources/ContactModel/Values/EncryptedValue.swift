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
    /// `DEK-YYYYMMDD`, the day key it is under.
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
        text.utf8.count == 12 && text.hasPrefix("DEK-")
            && text.utf8.dropFirst(4).allSatisfy(ASCII.isDigit)
    }
}

extension EncryptedValue: Codable {
    private enum CodingKeys: String, CodingKey {
        case algorithm, authTag, ciphertext, iv, keyId
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let value = EncryptedValue(
            algorithm: try container.decode(String.self, forKey: .algorithm),
            authTag: try container.decode(Data.self, forKey: .authTag),
            ciphertext: try container.decode(Data.self, forKey: .ciphertext),
            iv: try container.decode(Data.self, forKey: .iv),
            keyId: try container.decode(String.self, forKey: .keyId))
        guard let value else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath,
                    debugDescription: "not an encrypted value as FORMAT section 9 has it"))
        }
        self = value
    }
}
