import ContactModel
import ContactServices
import LedgerFormat

/// What routes of data subjects' requests answer.
enum DSRResponse {
    static func json(_ view: RequestView) -> JSONValue {
        .fields([
            "id": .string(view.id.text),
            "contactId": view.contactID.map { .string($0.text) },
            "kind": .string(view.standing.kind.rawValue),
            "state": .string(view.standing.state.rawValue),
            "receivedAt": .string(view.standing.receivedAt.text),
            "due": .string(view.standing.due.text),
            "extended": .bool(view.standing.isExtended),
            "jurisdiction": .string(view.jurisdiction),
            "channel": .string(view.channel),
            "purposeCodes": view.purposeCodes.isEmpty ? nil : texts(view.purposeCodes),
            "reasons": view.reasons.isEmpty ? nil : texts(view.reasons),
            "words": view.words.map { .string($0) },
            "steps": view.steps.isEmpty ? nil : .array(view.steps.map(json)),
            "notices": view.notices.flatMap { $0.notices.isEmpty ? nil : notices($0) },
            "omittedRecipients": view.notices.flatMap(omitted),
        ])
    }

    private static func json(_ step: RequestView.Step) -> JSONValue {
        .fields([
            "type": .string(step.type),
            "generation": .integer(step.generation),
            "index": .integer(step.index),
            "time": .string(step.time),
            "actor": .string(step.actor),
            "recipient": .text(step.recipient),
            "receipt": .string(receipt(step)),
        ])
    }

    static func json(_ list: NoticeListView) -> JSONValue {
        .fields(["notices": notices(list), "omittedRecipients": omitted(list)])
    }

    private static func omitted(_ list: NoticeListView) -> JSONValue? {
        list.omitted == 0 ? nil : .integer(list.omitted)
    }

    private static func notices(_ list: NoticeListView) -> JSONValue {
        .array(
            list.notices.map { notice in
                .fields([
                    "recipient": .string(notice.recipient),
                    "state": .string(notice.delivery == nil ? "QUEUED" : "NOTIFIED"),
                    "queued": .string(receipt(notice.queued.generation, notice.queued.index)),
                    "notifiedAt": .text(notice.delivery?.time),
                    "channel": .text(notice.delivery?.channel),
                    "notified": .text(
                        notice.delivery.map { receipt($0.place.generation, $0.place.index) }),
                ])
            })
    }

    static func receipt(_ step: RequestView.Step) -> String {
        receipt(step.generation, step.index)
    }

    private static func receipt(_ generation: UInt64, _ index: UInt64) -> String {
        "/api/v1/ledger/entries/\(index)/receipt?generation=\(generation)"
    }

    static func json(_ page: RequestPageView) -> JSONValue {
        .fields([
            "requests": .array(page.requests.map(json)),
            "next": page.next.map { .string(text($0)) },
        ])
    }

    private static func texts(_ values: [String]) -> JSONValue {
        .array(values.map { .string($0) })
    }

    // MARK: - Cursors

    private static let radix = 36

    static func text(_ place: RequestQueueQuery.Place) -> String {
        "\(place.due.text).\(String(place.position, radix: radix))"
    }

    /// Nil for what no page gave out.
    static func place(_ text: String) -> RequestQueueQuery.Place? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let due = CalendarDate(parts[0]),
            let position = UInt64(parts[1], radix: radix), position <= LedgerLimits.maxInteger
        else { return nil }
        let place = RequestQueueQuery.Place(due: due, position: position)
        return self.text(place) == text ? place : nil
    }
}
