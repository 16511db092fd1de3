import ContactModel
import ContactServices

/// What the audit route answers.
enum AuditResponse {
    static func json(_ page: AuditPageView) -> JSONValue {
        .fields([
            "events": .array(page.events.map(json)),
            "next": page.next.map { .string(Cursor.text($0)) },
        ])
    }

    private static func json(_ view: AuditEventView) -> JSONValue {
        let event = view.event
        return .fields([
            "generation": .integer(view.generation),
            "index": .integer(view.index),
            "time": .string(view.time),
            "label": .string(view.label),
            "category": .string(event.category.rawValue),
            "action": .string(event.action),
            "principal": .string(event.principal),
            "resourceType": .string(event.resourceType),
            "subject": view.subject.map { .string($0) },
            "subjects": event.subjects.isEmpty
                ? nil : .array(event.subjects.map { .string($0) }),
            "outcome": .string(event.outcome.rawValue),
            "reason": event.reason.map { .string($0) },
            "policyIds": .array(event.policyIds.map { .string($0) }),
            "purpose": event.purpose.map { .string($0) },
            "requestId": .string(event.requestId),
            "count": .integer(UInt64(clamping: event.count ?? 1)),
            "certificateFingerprint": event.certificateFingerprint.map { .string($0) },
            "sourceAddress": view.sourceAddress.map { .string($0) },
            "mutations": event.mutations.isEmpty ? nil : outcomes(event.mutations),
        ])
    }

    /// How many ended how.
    private static func outcomes(_ mutations: [AuditMutation]) -> JSONValue {
        var counts: [String: UInt64] = [:]
        for mutation in mutations { counts[mutation.outcome, default: 0] += 1 }
        return .object(
            counts.sorted { $0.key < $1.key }.map { JSONMember($0.key, .integer($0.value)) })
    }
}
