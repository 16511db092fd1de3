public import ContactModel
import Foundation
import ProcessBoundary

/// Requests of data subjects: written down, worked on in steps that the ledger itself holds to their order, and looked after by
/// the day that an answer is due.
public struct DSRService: Sendable {
    let ledger: any LedgerPort
    let keeper: any KeeperPort
    let auditor: Auditor

    public init(ledger: any LedgerPort, keeper: any KeeperPort) {
        self.ledger = ledger
        self.keeper = keeper
        auditor = Auditor(ledger: ledger)
    }

    /// Durable and signed when this returns, and so is its audit entry.
    ///
    /// - Throws: `not-found` for a person who is not there; what ``ContactService/apply(_:)`` throws.
    public func file(
        _ validated: Validated<FileRequestCommand>
    ) async throws(ServiceError) -> RequestOutcome {
        let (authorized, command) = (validated.authorized, validated.command)
        let contact = try await id(of: command.person, authorized)
        let mutation = try await apply(
            .fileRequest(.contact(contact), command.draft), command.idempotency, authorized)
        var request = WireReadDSRRequest()
        request.receivedIndex = mutation.receipt.index
        request.generation = mutation.receipt.generation
        return RequestOutcome(
            request: try await read(request, authorized).view, mutation: mutation)
    }

    /// Takes a step, with what it does to the contact: for the next request of whoever reads that.
    ///
    /// - Throws: `illegal-step` for one that does not lead on from where the request stands; `not-found`.
    public func work(
        _ validated: Validated<WorkRequestCommand>
    ) async throws(ServiceError) -> RequestOutcome {
        let (authorized, command) = (validated.authorized, validated.command)
        var read = WireReadDSRRequest()
        read.requestID = Data(command.request.bytes)
        let request = try await self.read(read, authorized).view
        let refusal = Self.refusal(of: command.work, request)
        // Asked again with its key it is no step from here, and was one.
        if let refusal, command.idempotency == nil { throw refusal }
        guard let contact = request.contactID else {
            throw refusal ?? ServiceError(.notFound, "There is no contact of this request.")
        }
        let answer = RequestAnswer(
            id: request.id, work: command.work, kind: request.standing.kind,
            receivedAt: request.standing.receivedAt, purposeCodes: request.purposeCodes,
            recipients: try await recipients(
                to: command.work, request, of: contact, authorized))
        guard answer.corrections.isEmpty || answer.kind.effect == .correction else {
            throw ServiceError(
                .invalidAttributes, "Attributes come with the answer to a correction alone.",
                pointer: "/attributes")
        }
        let mutation: MutationOutcome
        do throws(ServiceError) {
            mutation = try await apply(
                .workRequest(.contact(contact), answer), command.idempotency, authorized)
        } catch {
            guard error.code == .conflict,
                let refusal = refusal ?? Self.nothingCorrected(answer)
            else { throw error }
            throw error.isAudited ? refusal.audited() : refusal
        }
        return RequestOutcome(
            request: try await self.read(read, authorized).view, mutation: mutation)
    }

    /// The request with its steps; what its person wrote is disclosed to whoever answers it, after its audit entry is durable.
    public func get(_ validated: Validated<EntityID>) async throws(ServiceError) -> RequestView {
        let authorized = validated.authorized
        var request = WireReadDSRRequest()
        request.requestID = Data(validated.command.bytes)
        let (view, response) = try await read(request, authorized)
        let disclosed =
            authorized.request.principal.roles.contains(.dpo)
            ? try await withWords(view, response, authorized) : view
        try await auditor.disclosure(authorized, subject: response.request.subject)
        return disclosed
    }

    public func list(
        _ validated: Validated<RequestQueueQuery>
    ) async throws(ServiceError) -> RequestPageView {
        let query = validated.command
        var request = WireListDSRRequest()
        request.credential = validated.authorized.request.credential
        request.state = query.state?.rawValue ?? ""
        request.due = query.due?.text ?? ""
        request.afterDue = query.after?.due.text ?? ""
        request.afterPosition = query.after?.position ?? 0
        request.limit = UInt32(clamping: query.limit)
        let page = try await ledger.ask(.listRequests(request)) { result -> WireDSRPage? in
            if case .requests(let page) = result { page } else { nil }
        }
        let requests = page.requests.compactMap { RequestView($0) }
        let next = CalendarDate(page.nextDue).map {
            RequestQueueQuery.Place(due: $0, position: page.nextPosition)
        }
        guard requests.count == page.requests.count, (next == nil) == page.nextDue.isEmpty else {
            throw .unexpectedReply(.ledger)
        }
        try await auditor.disclosure(validated.authorized)
        return RequestPageView(requests: requests, next: next)
    }

    /// The ledger takes no such answer unless the contact changed since the request came.
    private static func nothingCorrected(_ answer: RequestAnswer) -> ServiceError? {
        guard answer.kind.effect == .correction, answer.work.step == .complete,
            answer.corrections.isEmpty
        else { return nil }
        return ServiceError(
            .illegalStep,
            "Nothing was corrected since the request came: send the attributes along, or update the contact first."
        )
    }

    private static func refusal(of work: RequestWork, _ request: RequestView) -> ServiceError? {
        guard let step = work.step else { return nil }
        do throws(DSRRefusal) {
            _ = try request.standing.after(step, at: .now())
            return nil
        } catch {
            return ServiceError(.illegalStep, error.message)
        }
    }
}
