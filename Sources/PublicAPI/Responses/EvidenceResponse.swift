import ContactServices

/// The file that a request is proved by: each `receipt` is what `chancery-verify` takes, `header` and `payload` are the bytes that it is
/// about.
enum EvidenceResponse {
    static func json(_ evidence: RequestEvidence) -> JSONValue {
        .fields([
            "format": .string("chancery/dsr-evidence/v1"),
            "request": DSRResponse.json(evidence.request),
            "checkpoint": .text(evidence.checkpoint),
            "entries": .array(evidence.entries.map(entry)),
        ])
    }

    private static func entry(_ entry: RequestEvidence.Entry) -> JSONValue {
        .fields([
            "generation": .integer(entry.step.generation),
            "index": .integer(entry.step.index),
            "header": .string(entry.header),
            "payload": .string(entry.payload),
            "receipt": .string(entry.receipt),
        ])
    }
}
