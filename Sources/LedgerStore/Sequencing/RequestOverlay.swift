import ContactModel
import LedgerFormat
import Projections

/// Requests of data subjects as a group leaves them, over what the projections say. The ledger itself refuses a step that does not
/// lead on from where a request stands: whatever took over the gateway skips no identity check.
struct RequestOverlay {
    private struct Known {
        let subject: SubjectTag
        var standing: DSRCase
        let purposeCodes: [String]
        /// Of its `DSRReceived`; nil: in this group.
        let position: UInt64?
    }

    private var known: [EntityID: Known] = [:]
    private var restrictions: [SubjectTag: Set<EntityID>] = [:]
    private let reader: DecisionReader

    init(_ reader: DecisionReader) { self.reader = reader }

    /// Takes what a mutation says of requests, all of it or nothing.
    ///
    /// - Parameter changedAt: position of the newest entry about what the contact is.
    /// - Returns: why not; nil: it is taken.
    mutating func take(
        _ mutation: ValidatedAppend.Mutation, changedAt: UInt64?, at time: LedgerTime
    ) throws -> LedgerStoreError? {
        let events = mutation.entries.compactMap { entry in
            if case .dsr(let event) = entry.event { event } else { nil }
        }
        guard let last = events.last else {
            return try refusal(of: events, in: mutation, changedAt)
        }
        guard Self.belongTogether(events) else { return Self.follows }
        guard let id = try? EntityID(last.requestID) else {
            return Self.invalid("a request has a UUID")
        }
        let subject = mutation.draft.subject
        let before = (known[id], restrictions[subject])
        let refusal =
            try refusal(of: events, id, subject, time)
            ?? refusal(of: events, in: mutation, changedAt)
        if refusal != nil { (known[id], restrictions[subject]) = before }
        return refusal
    }

    /// - Parameter id: of the one request that they are of.
    private mutating func refusal(
        of events: [DSREvent], _ id: EntityID, _ subject: SubjectTag, _ time: LedgerTime
    ) throws -> LedgerStoreError? {
        for event in events {
            if let refusal = try refusal(of: event, id, subject, time) { return refusal }
        }
        return nil
    }

    private mutating func refusal(
        of event: DSREvent, _ id: EntityID, _ subject: SubjectTag, _ time: LedgerTime
    ) throws -> LedgerStoreError? {
        guard let now = time.timestamp else {
            return Self.invalid("the time is out of range")
        }
        if case .received(let received) = event { return try begin(received, id, subject, now) }
        guard var request = try request(id), request.subject == subject else {
            return LedgerStoreError(.notFound, "There is no such request of this contact.")
        }
        if case .identityVerified(let check) = event, check.method == .notRequired,
            request.standing.kind.effect != .objection
        {
            return LedgerStoreError(
                .conflict,
                "Nothing is told or changed for somebody whose identity nobody checked; only an objection needs no check."
            )
        }
        if let step = event.step {
            do throws(DSRRefusal) {
                request.standing = try request.standing.after(step, at: now)
            } catch {
                return LedgerStoreError(.conflict, error.message)
            }
            known[id] = request
            return nil
        }
        return try consequence(event, id, of: request)
    }

    private mutating func begin(
        _ event: DSRReceived, _ id: EntityID, _ subject: SubjectTag, _ now: Timestamp
    ) throws -> LedgerStoreError? {
        guard try request(id) == nil else {
            return LedgerStoreError(.conflict, "There is a request of this id.")
        }
        guard try !reader.isErasure(id) else {
            return LedgerStoreError(.conflict, "There is an order to erase of this id.")
        }
        guard let receivedAt = Timestamp(text: event.receivedAt),
            receivedAt.microsecondsSince1970 <= now.microsecondsSince1970 + Self.clockSkew
        else { return Self.invalid("a request was received in the future") }
        known[id] = Known(
            subject: subject, standing: DSRCase(kind: event.kind, receivedAt: receivedAt),
            purposeCodes: event.purposeCodes, position: nil)
        return nil
    }

    /// What an answer does to the contact stands before the entry that says that it is answered.
    private mutating func consequence(
        _ event: DSREvent, _ id: EntityID, of request: Known
    ) throws -> LedgerStoreError? {
        let effect = request.standing.kind.effect
        var restricting = try restrictions(of: request.subject)
        // It may have ended since it was read.
        if event.isEffect, request.standing.state != .inProgress {
            return LedgerStoreError(
                .conflict, "The request is \(request.standing.state.rawValue), not in progress.")
        }
        switch event {
        case .restrictionLifted:
            guard restricting.remove(id) != nil else {
                return LedgerStoreError(.conflict, "The request restricts the contact no more.")
            }
        case .restricted:
            guard effect == .restriction else { return Self.follows }
            restricting.insert(id)
        case .objected(let event):
            guard effect == .objection,
                event.objectedAt == request.standing.receivedAt.text,
                request.standing.kind.namesPurposes != event.purposeCodes.isEmpty,
                Set(event.purposeCodes).isSubset(of: request.purposeCodes)
            else { return Self.follows }
        case .noticeQueued:
            guard effect == .correction || effect == .restriction else { return Self.follows }
        case .notified: return Self.follows
        default: break
        }
        restrictions[request.subject] = restricting
        return nil
    }

    /// A whole answer brings what was asked for; nobody adds to a contact that is restricted, but for a correction.
    private mutating func refusal(
        of events: [DSREvent], in mutation: ValidatedAppend.Mutation, _ changedAt: UInt64?
    ) throws -> LedgerStoreError? {
        let changes = mutation.entries.contains { entry in
            if case .contactRelabelled = entry.event { return false }
            if case .sharingRecorded = entry.event { return true }
            if case .enrichment(let event) = entry.event { return event.addsToContact }
            return entry.stream == .contact
        }
        let others = mutation.entries.count - events.count
        var corrects = false
        for case .completed(let event) in events {
            guard let id = try? EntityID(event.requestId), let request = try request(id) else {
                continue
            }
            let effect = request.standing.kind.effect
            if effect == .correction, event.outcome != .refused { corrects = true }
            guard event.outcome == .completed else { continue }
            let isDone =
                switch effect {
                case .disclosure, .erasure: true
                // Name and address are corrected by an update before it.
                case .correction:
                    changes || request.position.map { changedAt ?? 0 > $0 } ?? false
                case .restriction:
                    events.contains { if case .restricted = $0 { true } else { false } }
                case .objection: events.contains { if case .objected = $0 { true } else { false } }
                }
            guard isDone else {
                return LedgerStoreError(
                    .conflict,
                    "A request is completed by what it asks for: in the same mutation, or by an update before it."
                )
            }
        }
        if corrects { return Self.correction(mutation) }
        guard events.isEmpty || others == 0 else {
            return Self.invalid(
                "what stands beside a request is the answer to a correction")
        }
        guard changes else { return nil }
        let subject = mutation.draft.subject
        guard try restrictions(of: subject).isEmpty || mutation.isUpdate && isCorrecting(subject)
        else {
            return LedgerStoreError(
                .restricted,
                "The contact's processing is restricted (Article 18 GDPR); nothing is added to it.")
        }
        return nil
    }

    /// Values, and where they came from.
    private static func correction(_ mutation: ValidatedAppend.Mutation) -> LedgerStoreError? {
        let isOne = mutation.entries.allSatisfy { entry in
            switch entry.event {
            case .dsr, .attributeEnriched, .provenanceRecorded: true
            default: false
            }
        }
        return isOne ? nil : invalid("a correction brings attributes and their provenance")
    }

    /// One event of one request, or what an answer does, whom it is to be told, and the answer: all of one request.
    private static func belongTogether(_ all: [DSREvent]) -> Bool {
        var events: [DSREvent] = []
        var recipients: Set<String> = []
        for event in all {
            if case .noticeQueued(let notice) = event {
                guard notice.requestId == all.last?.requestID,
                    recipients.insert(notice.recipient).inserted
                else { return false }
            } else {
                events.append(event)
            }
        }
        if !recipients.isEmpty {
            guard case .completed(let answer)? = all.last, answer.outcome != .refused,
                recipients.count <= mostNotices
            else { return false }
        }
        guard let first = events.first, let last = events.last else { return true }
        switch (first, last) {
        case (.restricted, .completed(let answer)), (.objected, .completed(let answer)):
            return events.count == 2 && first.requestID == last.requestID
                && answer.outcome != .refused
        case (.restricted, _), (.objected, _): return false
        default: return events.count == 1
        }
    }

    private func request(_ id: EntityID) throws -> Known? {
        if let request = known[id] { return request }
        return try reader.request(id).map { record in
            Known(
                subject: record.subject, standing: record.standing,
                purposeCodes: record.purposeCodes, position: record.position)
        }
    }

    /// Whether a request to correct is worked on: name and address are, too, while a contact is restricted because of them (Article
    /// 18(1)(a) GDPR).
    private func isCorrecting(_ subject: SubjectTag) throws -> Bool {
        let isHere = known.values.contains { request in
            request.subject == subject && request.standing.state == .inProgress
                && request.standing.kind.effect == .correction
        }
        return try isHere || reader.isCorrecting(subject)
    }

    private func restrictions(of subject: SubjectTag) throws -> Set<EntityID> {
        try restrictions[subject] ?? reader.restrictions(of: subject)
    }

    /// Of one answer.
    private static let mostNotices = 256

    /// Of whoever wrote down when a request came.
    private static let clockSkew: Int64 = 300 * 1_000_000

    private static let follows = invalid(
        "a restriction, an objection or a notice belongs to the answer of a request for it")

    private static func invalid(_ message: String) -> LedgerStoreError {
        LedgerStoreError(.invalid, "Refused: \(message).")
    }
}

extension DSREvent {
    /// What an answer does, or whom it is to be told: beside the answer alone.
    fileprivate var isEffect: Bool {
        switch self {
        case .restricted, .objected, .noticeQueued: true
        default: false
        }
    }
}
