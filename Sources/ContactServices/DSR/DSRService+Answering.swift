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
        var wire = WireReadContactRequest()
        wire.credential = authorized.request.credential
        wire.contactID = Data(contactID.bytes)
        let row = try await ledger.ask(.readContact(wire)) { result -> WireContactRow? in
            if case .contact(let row) = result { row } else { nil }
        }
        let texts = try await texts(of: ContactView.sealedItems(of: row), authorized)
        guard let contact = ContactView(row, plaintexts: texts) else {
            throw .unexpectedReply(.keeper)
        }
        try await auditor.disclosure(authorized, subject: row.head.subject)
        if request.standing.kind == .portability {
            return .portability(PortableContact(of: contact))
        }
        return .access(
            AccessAnswer(
                request: request, contact: contact, isRestricted: row.restricted,
                objections: row.objections.map {
                    .init(purposeCodes: $0.purposeCodes, objectedAt: $0.objectedAt)
                }))
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

    /// In the order of the items.
    func texts(
        of items: [WireSealedItem], _ authorized: Authorized
    ) async throws(ServiceError) -> [String] {
        var texts: [String] = []
        var rest = items[...]
        while !rest.isEmpty {
            var request = WireDecryptRequest()
            request.credential = authorized.request.credential
            request.items = Array(rest.prefix(ServiceLimits.decryptItems))
            rest = rest.dropFirst(request.items.count)
            let opened = try await keeper.ask(.decrypt(request)) { result -> WireDecryptResponse? in
                if case .decrypt(let response) = result { response } else { nil }
            }
            for item in opened.items {
                switch item.result {
                case .plaintext(let bytes):
                    guard let text = String(validating: bytes, as: UTF8.self) else {
                        throw .unexpectedReply(.keeper)
                    }
                    texts.append(text)
                case .fault(let fault): throw ServiceError(fault, from: .keeper)
                case nil: throw .unexpectedReply(.keeper)
                }
            }
        }
        guard texts.count == items.count else { throw .unexpectedReply(.keeper) }
        return texts
    }
}
