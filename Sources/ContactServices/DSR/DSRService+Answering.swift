public import ContactModel
import Foundation
import ProcessBoundary

extension DSRService {
    /// The data that a request asks for, disclosed after its audit entry is durable.
    ///
    /// - Throws: `illegal-step` before somebody works on the request, for one that was refused or cancelled, and for one of a kind that
    ///   no data answers; `not-found` once the contact is erased.
    public func answer(_ validated: Validated<EntityID>) async throws(ServiceError) -> DSRAnswer {
        let authorized = validated.authorized
        var read = WireReadDSRRequest()
        read.requestID = Data(validated.command.bytes)
        let request = try await self.read(read, authorized).view
        try Self.checkAnswerable(request)
        guard let contactID = request.contactID else {
            throw ServiceError(.notFound, "There is no contact of this request.")
        }
        let row = try await ledger.contact(contactID, authorized)
        let clearance = authorized.request.principal.clearance
        let texts = try await ValueOpener(keeper: keeper).texts(
            of: ContactView.sealedItems(of: row)
                + ContactView.evidenceItems(of: row, for: clearance), authorized)
        guard let contact = ContactView(row, plaintexts: texts, for: clearance) else {
            throw .unexpectedReply(.keeper)
        }
        try await auditor.disclosure(authorized, subject: row.head.subject)
        if request.standing.kind == .portability {
            return .portability(PortableContact(of: contact))
        }
        return .access(
            AccessAnswer(
                request: request, contact: contact,
                sharings: try await sharings(of: contactID, authorized)))
    }

    private static func checkAnswerable(_ request: RequestView) throws(ServiceError) {
        guard request.standing.kind.effect == .disclosure else {
            throw ServiceError(.illegalStep, "No data is asked for by such a request.")
        }
        switch request.standing.state {
        case .inProgress, .completed, .partiallyCompleted: return
        case .received, .identityVerified, .refused, .cancelled:
            throw ServiceError(
                .illegalStep,
                "The request is \(request.standing.state.rawValue); data is told once its person is known and it is begun."
            )
        }
    }

    /// The request's entries with their receipts, and the newest checkpoint.
    public func evidence(
        _ validated: Validated<EntityID>
    ) async throws(ServiceError) -> RequestEvidence {
        let authorized = validated.authorized
        var read = WireReadDSRRequest()
        read.requestID = Data(validated.command.bytes)
        read.evidence = true
        let (request, response) = try await self.read(read, authorized)
        var entries: [RequestEvidence.Entry] = []
        for (step, row) in zip(request.steps, response.steps) {
            entries.append(
                RequestEvidence.Entry(
                    step: step, header: String(decoding: row.header, as: UTF8.self),
                    payload: String(decoding: row.payload, as: UTF8.self),
                    receipt: String(decoding: row.tlogProof, as: UTF8.self)))
        }
        let checkpoint = try await checkpoint()
        try await auditor.disclosure(authorized, subject: response.request.subject)
        return RequestEvidence(request: request, entries: entries, checkpoint: checkpoint)
    }

    private func checkpoint() async throws(ServiceError) -> String? {
        do throws(ServiceError) {
            let blob = try await ledger.ask(.publishedCheckpoint(WireCheckpointRequest())) {
                result -> WireBlobResponse? in
                if case .blob(let blob) = result { blob } else { nil }
            }
            return String(decoding: blob.bytes, as: UTF8.self)
        } catch {
            guard error.code == .ledgerUnavailable else { throw error }
            return nil
        }
    }
}
