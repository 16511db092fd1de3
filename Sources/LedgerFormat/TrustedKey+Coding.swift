extension TrustedKey: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case use, algorithm, name
        case keyID = "keyId"
        case publicKey, fromSize, untilSize, sealCounter
    }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownMembers(CodingKeys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let name = try values.decode(String.self, forKey: .name)
        let encoded = try values.decode(String.self, forKey: .publicKey)
        guard let publicKey = StrictBase64.decode(encoded) else {
            throw TrustFileError.invalid(where: "key '\(name)'", rule: "publicKey is base64")
        }
        try self.init(
            use: try values.decode(Use.self, forKey: .use),
            algorithm: try values.decode(Algorithm.self, forKey: .algorithm), name: name,
            publicKey: publicKey, fromSize: try values.decode(UInt64.self, forKey: .fromSize),
            untilSize: try values.decodeIfPresent(UInt64.self, forKey: .untilSize),
            sealCounter: try Self.sealCounter(in: values, name: name))
        guard try values.decode(String.self, forKey: .keyID) == keyID else {
            throw TrustFileError.invalid(
                where: "key '\(name)'", rule: "keyId is that of the public key, here \(keyID)")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(use, forKey: .use)
        try values.encode(algorithm, forKey: .algorithm)
        try values.encode(name, forKey: .name)
        try values.encode(keyID, forKey: .keyID)
        try values.encode(StrictBase64.encode(publicKey), forKey: .publicKey)
        try values.encode(fromSize, forKey: .fromSize)
        // Written even when null: a reader sees that the range is open.
        try values.encode(untilSize, forKey: .untilSize)
        try values.encodeIfPresent(sealCounter.map { LowerHex.encode($0) }, forKey: .sealCounter)
    }

    /// Absent or a text: null is neither.
    private static func sealCounter(
        in values: KeyedDecodingContainer<CodingKeys>, name: String
    ) throws -> [UInt8]? {
        guard values.contains(.sealCounter) else { return nil }
        let text = try values.decode(String.self, forKey: .sealCounter)
        guard let bytes = LowerHex.decode(text) else {
            throw TrustFileError.invalid(where: "key '\(name)'", rule: "sealCounter is hexadecimal")
        }
        return bytes
    }
}
