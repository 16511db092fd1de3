import ContactModel
import ContactServices
import Foundation

/// One line of `POST /api/v1/mutations`:
/// `{"op", "idempotencyKey", "ref"?, "contactId"?, "purpose"?, "body"}`, op one of `createContact`, `addAttributes`,
/// `grantConsent`. On a create `ref` names the new contact; on the others `ref` or `contactId` says which contact.
struct MutationLineRequest: BulkLineParser {
    /// Where the lines were sent; part of what makes two requests the same.
    let path: String

    func parse(_ line: Data) -> ParsedLine {
        var envelope = Envelope()
        do throws(ServiceError) {
            let command = try command(line, &envelope)
            return ParsedLine(
                declares: envelope.declares, purpose: envelope.purpose, command: .success(command))
        } catch {
            return ParsedLine(
                declares: envelope.declares, purpose: envelope.purpose, command: .failure(error))
        }
    }

    /// What is known of a line even when the rest of it is refused.
    private struct Envelope {
        var declares: Reference?
        var purpose: PurposeCode?
    }

    private func command(
        _ line: Data, _ envelope: inout Envelope
    ) throws(ServiceError) -> BulkCommand {
        var reader = try ObjectReader(JSONReader.read(line))
        let op = try reader.string("op")
        let ref = try reference(&reader)
        if op == "createContact" { envelope.declares = ref }
        envelope.purpose = try purpose(&reader)
        let idempotency = try idempotency(&reader, line)
        let contactID = try contactID(&reader)
        var body = try reader.object("body")
        try reader.finish()
        let operation = try operation(op, ref, contactID, &body)
        return BulkCommand(operation: operation, idempotency: idempotency)
    }

    private func operation(
        _ op: String, _ ref: Reference?, _ contactID: EntityID?, _ body: inout ObjectReader
    ) throws(ServiceError) -> BulkCommand.Operation {
        switch op {
        case "createContact":
            guard contactID == nil else {
                throw ServiceError(
                    .invalidID, "A new contact's id is drawn here; leave contactId out.",
                    pointer: "/contactId")
            }
            return .createContact(try ContactRequest.draft(&body))
        case "addAttributes":
            let target = try target(ref, contactID)
            return .addAttributes(
                target, try AttributeRequest.list(&body, at: "/body/attributes"))
        case "grantConsent":
            let target = try target(ref, contactID)
            let draft = try ConsentRequest.draft(&body)
            try body.finish()
            return .grantConsent(target, draft)
        default:
            throw ServiceError(
                .unknownOperation, "op is one of createContact, addAttributes and grantConsent.",
                pointer: "/op")
        }
    }

    private func target(
        _ ref: Reference?, _ contactID: EntityID?
    ) throws(ServiceError) -> BulkCommand.Target {
        switch (ref, contactID) {
        case (let ref?, nil): return .ref(ref)
        case (nil, let id?): return .contact(id)
        case (nil, nil):
            throw ServiceError(
                .missingField, "Say which contact: by contactId, or by the ref of an earlier line.",
                pointer: "/contactId")
        default:
            throw ServiceError(
                .invalidRef, "Give contactId or ref, not both.", pointer: "/ref")
        }
    }

    private func reference(_ reader: inout ObjectReader) throws(ServiceError) -> Reference? {
        guard let text = try reader.optionalString("ref") else { return nil }
        return try reader.checked("ref") { () throws(ValidationError) in try Reference(text) }
    }

    private func purpose(_ reader: inout ObjectReader) throws(ServiceError) -> PurposeCode? {
        guard let text = try reader.optionalString("purpose") else { return nil }
        return try reader.checked("purpose") { () throws(ValidationError) in try PurposeCode(text) }
    }

    private func contactID(_ reader: inout ObjectReader) throws(ServiceError) -> EntityID? {
        guard let text = try reader.optionalString("contactId") else { return nil }
        return try reader.checked("contactId") { () throws(ValidationError) in try EntityID(text) }
    }

    private func idempotency(
        _ reader: inout ObjectReader, _ line: Data
    ) throws(ServiceError) -> MutationCommand.Idempotency {
        guard let text = try reader.optionalString("idempotencyKey") else {
            throw ServiceError(
                .missingIdempotencyKey,
                "Every line names itself by an idempotencyKey, so that it can be sent again safely.",
                pointer: "/idempotencyKey")
        }
        let key = try reader.checked("idempotencyKey") { () throws(ValidationError) in
            try IdempotencyKey(text)
        }
        return MutationCommand.Idempotency(
            key: key, digest: RequestDigest.of(method: "POST", path: path, bytes: line))
    }
}
