import FoundationEssentials

/// Values, entities and requests in Cedar's JSON form: an entity is `{"__entity": {"type": …, "id": …}}`, or without the
/// wrapping where nothing else can stand; numbers are integers.
///
/// Source: Cedar policy language reference, "Entities and context syntax".
enum PolicyJSON {
    /// A value that is read as it stands.
    struct Value: Decodable {
        let value: PolicyValue

        init(from decoder: any Decoder) throws {
            guard decoder.codingPath.count <= PolicyLimits.valueDepth else {
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath, debugDescription: "values nest too deeply"))
            }
            if let uid = try? UID(wrapped: decoder) {
                value = .entity(uid.uid)
            } else if let fields = try? decoder.container(keyedBy: Key.self) {
                value = .record(try PolicyJSON.record(fields))
            } else if var elements = try? decoder.unkeyedContainer() {
                var set: Set<PolicyValue> = []
                while !elements.isAtEnd { set.insert(try elements.decode(Value.self).value) }
                value = .set(set)
            } else {
                let scalar = try decoder.singleValueContainer()
                if let bool = try? scalar.decode(Bool.self) {
                    value = .bool(bool)
                } else if let long = try? scalar.decode(Int64.self) {
                    value = .long(long)
                } else {
                    value = .string(PolicyText(try scalar.decode(String.self)))
                }
            }
        }
    }

    struct UID: Decodable {
        let uid: EntityUID

        init(from decoder: any Decoder) throws {
            if let wrapped = try? UID(wrapped: decoder) {
                self = wrapped
                return
            }
            let fields = try decoder.container(keyedBy: Key.self)
            guard fields.allKeys.count == 2 else {
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription: #"an entity is {"type": …, "id": …}"#))
            }
            uid = EntityUID(
                try fields.decode(String.self, forKey: Key("type")),
                try fields.decode(String.self, forKey: Key("id")))
        }

        /// `{"__entity": …}` and nothing beside it.
        init(wrapped decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Key.self)
            guard fields.allKeys.count == 1 else {
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription: "__entity stands alone in its object"))
            }
            let inner = try fields.nestedContainer(keyedBy: Key.self, forKey: Key("__entity"))
            uid = EntityUID(
                try inner.decode(String.self, forKey: Key("type")),
                try inner.decode(String.self, forKey: Key("id")))
        }
    }

    struct Record: Decodable {
        let fields: [PolicyText: PolicyValue]

        init(from decoder: any Decoder) throws {
            fields = try PolicyJSON.record(try decoder.container(keyedBy: Key.self))
        }
    }

    struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static func record(
        _ fields: KeyedDecodingContainer<Key>
    ) throws -> [PolicyText: PolicyValue] {
        var record: [PolicyText: PolicyValue] = [:]
        for key in fields.allKeys {
            guard !key.stringValue.hasPrefix("__") else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: fields,
                    debugDescription: "\(key.stringValue) is no attribute: only __entity is known")
            }
            record[PolicyText(key.stringValue)] = try fields.decode(Value.self, forKey: key).value
        }
        return record
    }
}

extension Entity: Decodable {
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: PolicyJSON.Key.self)
        self.init(
            try fields.decode(PolicyJSON.UID.self, forKey: .init("uid")).uid,
            attributes: try fields.decodeIfPresent(PolicyJSON.Record.self, forKey: .init("attrs"))?
                .fields ?? [:],
            parents: try fields.decodeIfPresent([PolicyJSON.UID].self, forKey: .init("parents"))?
                .map(\.uid) ?? [])
    }
}

extension AuthorizationRequest: Decodable {
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: PolicyJSON.Key.self)
        self.init(
            principal: try fields.decode(PolicyJSON.UID.self, forKey: .init("principal")).uid,
            action: try fields.decode(PolicyJSON.UID.self, forKey: .init("action")).uid,
            resource: try fields.decode(PolicyJSON.UID.self, forKey: .init("resource")).uid,
            context: try fields.decodeIfPresent(PolicyJSON.Record.self, forKey: .init("context"))?
                .fields ?? [:])
    }
}
