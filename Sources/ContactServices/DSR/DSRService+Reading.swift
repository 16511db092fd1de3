import ContactModel
import Foundation
import LedgerFormat
import ProcessBoundary

extension DSRService {
    func apply(
        _ operation: MutationCommand.Operation, _ idempotency: MutationCommand.Idempotency?,
        _ authorized: Authorized
    ) async throws(ServiceError) -> MutationOutcome {
        let engine = MutationEngine(ledger: ledger, keeper: keeper)
        let command = MutationCommand(operation: operation, idempotency: idempotency)
        guard let result = await engine.run([command], by: authorized).results.first else {
            throw .unexpectedReply(.ledger)
        }
        return try result.get()
    }

    func read(
        _ request: WireReadDSRRequest, _ authorized: Authorized
    ) async throws(ServiceError) -> (view: RequestView, response: WireDSRResponse) {
        var request = request
        request.credential = authorized.request.credential
        let response: WireDSRResponse
        do throws(ServiceError) {
            response = try await ledger.ask(.readRequest(request)) { result -> WireDSRResponse? in
                if case .request(let response) = result { response } else { nil }
            }
        } catch {
            guard error.code == .notFound else { throw error }
            throw ServiceError(.notFound, "There is no request with this id.")
        }
        let steps = response.steps.compactMap { RequestView.Step($0) }
        guard steps.count == response.steps.count,
            var view = RequestView(
                response.request, contactID: EntityID(bytes: response.contactID), steps: steps)
        else { throw .unexpectedReply(.ledger) }
        view.notices = NoticeListView(response.notices)
        return (view, response)
    }

    /// What the person wrote, where it can still be read.
    func withWords(
        _ view: RequestView, _ response: WireDSRResponse, _ authorized: Authorized
    ) async throws(ServiceError) -> RequestView {
        guard view.contactID != nil, let first = response.steps.first,
            let event = try? EventCoding.decode(DSRReceived.self, from: first.payload),
            let sealed = event.words, let header = try? EntryHeader(canonical: first.header)
        else { return view }
        var item = WireSealedItem()
        item.binding.subject = response.request.subject
        item.binding.entity = event.requestId
        item.binding.field = "words"
        item.binding.label = header.label
        item.value = WireSealedValue(sealed)
        var view = view
        view.words = try await ValueOpener(keeper: keeper).texts(of: [item], authorized)
            .first
        return view
    }

    func id(
        of person: FileRequestCommand.Person, _ authorized: Authorized
    ) async throws(ServiceError) -> EntityID {
        switch person {
        case .contact(let id): return id
        case .email(let email): return try await owner(of: email, authorized)
        }
    }

    private func owner(
        of email: EmailAddress, _ authorized: Authorized
    ) async throws(ServiceError) -> EntityID {
        var derive = WireDeriveRequest()
        derive.credential = authorized.request.credential
        var input = WireIndexInput()
        input.field = "email"
        input.canonical = Data(email.canonical.utf8)
        derive.indexInputs = [input]
        let derived = try await keeper.ask(.derive(derive)) { result -> WireDeriveResponse? in
            if case .derive(let response) = result { response } else { nil }
        }
        guard let value = derived.indexValues.first else { throw .unexpectedReply(.keeper) }
        var request = WireReadContactRequest()
        request.credential = authorized.request.credential
        request.unique.index = "email"
        request.unique.value = value
        do throws(ServiceError) {
            let row = try await ledger.ask(.readContact(request)) { result -> WireContactRow? in
                if case .contact(let row) = result { row } else { nil }
            }
            guard let id = EntityID(bytes: row.head.contactID) else {
                throw .unexpectedReply(.ledger)
            }
            return id
        } catch {
            guard error.code == .notFound else { throw error }
            throw ServiceError(.notFound, "There is no contact with this email address.")
        }
    }
}
