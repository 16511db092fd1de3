import ContactServices

/// What a mutation answers: `{id, createdAt, receipt: {generation, index, leafHash, treeSize}}`.
enum MutationResponse {
    static func json(_ outcome: MutationOutcome) -> JSONValue {
        .fields([
            "id": .string(outcome.contactID.text),
            "createdAt": .string(outcome.createdAt),
            "receipt": receipt(outcome.receipt),
        ])
    }

    /// One result line of a bulk request.
    static func line(_ result: BulkResult) -> JSONValue {
        switch result.result {
        case .success(let outcome):
            .fields([
                "line": .integer(UInt64(result.line)),
                "status": .integer(201),
                "id": .string(outcome.contactID.text),
                "createdAt": .string(outcome.createdAt),
                "receipt": receipt(outcome.receipt),
                "replayed": .bool(outcome.replayed),
            ])
        case .failure(let error):
            .fields([
                "line": .integer(UInt64(result.line)),
                "status": .integer(UInt64(error.code.status.code)),
                "problem": Problem(error, requestID: nil).json,
            ])
        }
    }

    static func receipt(_ receipt: MutationOutcome.Receipt) -> JSONValue {
        .fields([
            "generation": .integer(receipt.generation),
            "index": .integer(receipt.index),
            "leafHash": .string(receipt.leafHash),
            "treeSize": .integer(receipt.treeSize),
        ])
    }
}
