import ContactServices

/// What the policy routes answer.
enum PolicyResponses {
    static func json(_ policies: PolicyView) -> JSONValue {
        .fields([
            "version": .integer(policies.version),
            "generation": policies.entry.map { .integer($0.generation) },
            "index": policies.entry.map { .integer($0.index) },
            "setBy": policies.entry.map { .string($0.actor) },
            "setAt": policies.entry.map { .string($0.time) },
            "compiledIn": policies.entry == nil ? .bool(true) : nil,
            "textHash": policies.textHash.map { .string($0) },
            "text": policies.text.map { .string($0) },
        ])
    }

    static func json(_ receipt: PolicyReceipt) -> JSONValue {
        .fields([
            "version": .integer(receipt.version),
            "generation": .integer(receipt.generation),
            "index": .integer(receipt.index),
            "textHash": .string(receipt.textHash),
        ])
    }
}
