import ContactModel
import Foundation
import LedgerFormat

/// What entries of stream `dsr` make of the tables. A step that is none from where a request stands changes nothing: the
/// ledger does not take one, but an erasure may come first.
final class RequestTables: Sendable {
    private let find: RawStatement
    private let openOfSubject: RawStatement
    private let insert: RawStatement
    private let update: RawStatement
    private let step: RawStatement
    private let restrict: RawStatement
    private let lift: RawStatement
    private let object: RawStatement
    private let erased: RawStatement
    private let notices: NoticeTable

    init(_ statements: StatementSet) throws {
        notices = try NoticeTable(statements)
        // Those that an order to erase answers: an answer in part or a refusal came before it.
        erased = try statements.prepare(
            """
            SELECT id FROM dsr_request WHERE subject = ? AND kind IN (\(RequestRow.erasing))
            AND state IN ('\(DSRState.inProgress.rawValue)', '\(DSRState.completed.rawValue)')
            """)
        find = try statements.prepare("SELECT \(RequestRow.columns) FROM dsr_request WHERE id = ?")
        openOfSubject = try statements.prepare(
            "SELECT \(RequestRow.columns) FROM dsr_request WHERE subject = ? AND is_open = 1")
        insert = try statements.prepare(
            """
            INSERT OR IGNORE INTO dsr_request (\(RequestRow.columns), is_open, due)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        update = try statements.prepare(
            """
            UPDATE dsr_request SET state = ?, extended = ?, reasons = ?, is_open = ?, due = ? WHERE id = ?
            """)
        step = try statements.prepare(
            "INSERT OR IGNORE INTO dsr_step (request, position) VALUES (?, ?)")
        restrict = try statements.prepare(
            "INSERT OR IGNORE INTO restriction (subject, request) VALUES (?, ?)")
        lift = try statements.prepare("DELETE FROM restriction WHERE subject = ? AND request = ?")
        object = try statements.prepare(
            """
            INSERT OR IGNORE INTO objection (subject, position, purposes, objected_at)
            VALUES (?, ?, ?, ?)
            """)
    }

    /// - Parameter isContact: whether its subject is one still: what is said of an erased one's contact says nothing.
    func project(
        _ event: DSREvent, _ header: EntryHeader, at position: UInt64, isContact: Bool
    ) throws {
        guard let subject = header.subject, let id = try? EntityID(event.requestID) else { return }
        switch event {
        case .received(let event): try receive(event, id, subject, header, at: position)
        case .restricted:
            if isContact { try run(restrict, subject, id) }
            try note(id, at: position)
        case .restrictionLifted:
            try run(lift, subject, id)
            try note(id, at: position)
        case .objected(let event):
            if isContact { try object(event, subject, at: position) }
            try note(id, at: position)
        case .noticeQueued(let event):
            try notices.queue(event, id, subject, header.label, at: position)
            try noteNotice(id, subject, at: position)
        case .notified(let event):
            try notices.notify(event, id, subject, at: position)
            try noteNotice(id, subject, at: position)
        case .identityVerified, .started, .extended, .completed, .cancelled:
            guard let step = event.step, let request = try request(id) else { return }
            try take(step, of: request, header.time, at: position)
        }
    }

    func orderErasure(of subject: SubjectTag, _ header: EntryHeader, at position: UInt64) throws {
        try takeAll(.orderErasure, of: subject, header, at: position)
    }

    func finishErasure(of subject: SubjectTag, _ header: EntryHeader, at position: UInt64) throws {
        try takeAll(.finishErasure, of: subject, header, at: position)
    }

    private func takeAll(
        _ step: DSRStep, of subject: SubjectTag, _ header: EntryHeader, at position: UInt64
    ) throws {
        openOfSubject.bind(1, blob: subject)
        var open: [RequestRecord] = []
        try openOfSubject.forEach { row in
            if let record = RequestRow.record(row) { open.append(record) }
        }
        for request in open { try take(step, of: request, header.time, at: position) }
    }

    private func request(_ id: EntityID) throws -> RequestRecord? {
        find.bind(1, blob: Data(id.bytes))
        return try find.first { RequestRow.record($0) } ?? nil
    }

    private func receive(
        _ event: DSRReceived, _ id: EntityID, _ subject: SubjectTag, _ header: EntryHeader,
        at position: UInt64
    ) throws {
        guard let receivedAt = Timestamp(text: event.receivedAt) else { return }
        let standing = DSRCase(kind: event.kind, receivedAt: receivedAt)
        insert.bind(1, blob: Data(id.bytes))
        insert.bind(2, blob: subject)
        insert.bind(3, position)
        insert.bind(4, header.label)
        insert.bind(5, event.kind.rawValue)
        insert.bind(6, standing.state.rawValue)
        insert.bind(7, event.receivedAt)
        insert.bind(8, Int64(0))
        insert.bind(9, event.jurisdiction)
        insert.bind(10, event.channel.rawValue)
        insert.bind(11, PurposeList.encode(event.purposeCodes))
        insert.bind(12, "")
        insert.bind(13, Int64(1))
        insert.bind(14, standing.due.text)
        try insert.run()
        try note(id, at: position)
    }

    private func take(
        _ step: DSRStep, of request: RequestRecord, _ time: LedgerTime, at position: UInt64
    ) throws {
        guard let time = time.timestamp,
            let next = try? request.standing.after(step, at: time)
        else { return }
        let reasons = request.reasons + step.reasons.map(\.rawValue)
        update.bind(1, next.state.rawValue)
        update.bind(2, Int64(next.isExtended ? 1 : 0))
        update.bind(3, PurposeList.encode(reasons))
        update.bind(4, Int64(next.state.isOpen ? 1 : 0))
        update.bind(5, next.due.text)
        update.bind(6, blob: Data(request.id.bytes))
        try update.run()
        try note(request.id, at: position)
    }

    private func object(
        _ event: ObjectionRecorded, _ subject: SubjectTag, at position: UInt64
    ) throws {
        object.bind(1, blob: subject)
        object.bind(2, position)
        object.bind(3, PurposeList.encode(event.purposeCodes))
        object.bind(4, event.objectedAt)
        try object.run()
    }

    /// A notice is part of the request that it names; of an erasure it names the order, and is part of every request for it.
    private func noteNotice(_ id: EntityID, _ subject: SubjectTag, at position: UInt64) throws {
        if try request(id) != nil { return try note(id, at: position) }
        erased.bind(1, blob: subject)
        var requests: [EntityID] = []
        try erased.forEach { row in
            if let id = EntityID(bytes: Array(row.bytes(0))) { requests.append(id) }
        }
        for request in requests { try note(request, at: position) }
    }

    private func note(_ id: EntityID, at position: UInt64) throws {
        step.bind(1, blob: Data(id.bytes))
        step.bind(2, position)
        try step.run()
    }

    private func run(_ statement: RawStatement, _ subject: SubjectTag, _ id: EntityID) throws {
        statement.bind(1, blob: subject)
        statement.bind(2, blob: Data(id.bytes))
        try statement.run()
    }
}
