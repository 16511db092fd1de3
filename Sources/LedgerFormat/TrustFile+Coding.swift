public import FoundationEssentials

extension TrustFile: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case format, generations
    }

    /// - Throws: `TrustFileError`
    public init(parsing bytes: some ContiguousBytes) throws(TrustFileError) {
        let data = try bytes.reading { (buffer) throws(TrustFileError) in
            guard buffer.count <= LedgerLimits.maxTrustFileBytes else { throw .tooLarge }
            return Data(buffer)
        }
        do {
            self = try JSONDecoder().decode(TrustFile.self, from: data)
        } catch let error as TrustFileError {
            throw error
        } catch {
            throw .notJSON(reason: Self.reason(error))
        }
        if let part = data.withUnsafeBytes({ StrictJSON.ambiguity(in: $0) }) {
            throw .invalid(
                where: "'\(part)'",
                rule:
                    "names occur once in their object and have no escapes, numbers are plain decimals"
            )
        }
    }

    /// Pretty JSON with sorted members and a final newline.
    public func encoded() throws(TrustFileError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(self)) + [0x0A]
        } catch {
            throw .notJSON(reason: Self.reason(error))
        }
    }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownMembers(CodingKeys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: CodingKeys.self)
        guard try values.decode(String.self, forKey: .format) == Self.format else {
            throw TrustFileError.invalid(where: "format", rule: "'\(Self.format)'")
        }
        try self.init(generations: try values.decode([Generation].self, forKey: .generations))
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(Self.format, forKey: .format)
        try values.encode(generations, forKey: .generations)
    }

    /// Where in the file and what, without the decoder's dump of itself.
    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "it cannot be read as JSON" }
        let context: DecodingError.Context =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context),
                .keyNotFound(_, let context), .dataCorrupted(let context):
                context
            @unknown default: .init(codingPath: [], debugDescription: "it cannot be read as JSON")
            }
        let path = context.codingPath.map(\.stringValue).joined(separator: "/")
        return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
    }
}

extension TrustFile.Generation: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case generation, origin, keys
    }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownMembers(CodingKeys.allCases.map(\.rawValue))
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            generation: try values.decode(UInt64.self, forKey: .generation),
            origin: try values.decode(String.self, forKey: .origin),
            keys: try values.decode([TrustedKey].self, forKey: .keys))
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(generation, forKey: .generation)
        try values.encode(origin, forKey: .origin)
        try values.encode(keys, forKey: .keys)
    }
}
