import ContactServices

/// What the key routes answer.
enum KeyResponses {
    static func json(_ list: KeyListView) -> JSONValue {
        .fields([
            "keys": .array(list.keys.map(json)),
            "dayKeys": .fields([
                "active": list.activeDayKey.map { .string($0) },
                "oldest": list.oldestDayKey.map { .string($0) },
                "count": .integer(list.dayKeyCount),
            ]),
        ])
    }

    private static func json(_ key: KeyListView.Key) -> JSONValue {
        .fields([
            "use": .string(key.use),
            "name": .string(key.name),
            "keyId": .string(key.keyID),
            "algorithm": .string(key.algorithm),
            "publicKey": .string(key.publicKey.base64EncodedString()),
            "fromSize": .integer(key.fromSize),
            "untilSize": key.untilSize.map { .integer($0) },
            "destroyed": .bool(key.isDestroyed),
            "activatedAt": key.activated.map { .integer($0) },
            "retiredAt": key.retired.map { .integer($0) },
        ])
    }
}
