import AccessControl
import ContactModel
import Foundation
import KeyCustody
import ProcessBoundary

extension KeeperService {
    func derive(
        _ request: WireDeriveRequest, for principal: SecurityPrincipal?,
        _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        // The gate lets nobody through to here without one; the type does not say so.
        guard let principal else { throw WireFault(.unauthenticated, "derive needs a credential") }
        try checkCount(request.indexInputs.count)
        try checkCount(request.idempotencyInputs.count)
        var derived = WireDeriveResponse()
        derived.indexValues = try request.indexInputs.map { input in
            Data(try custodian.index.value(field: input.field, canonical: [UInt8](input.canonical)))
        }
        let tags = try await custodian.idempotency.tags(
            principal: principal.subject,
            request.idempotencyInputs.map {
                IdempotencyInput(key: $0.key, requestDigest: [UInt8]($0.requestDigest))
            })
        derived.idempotency = tags.map(WireIdempotencyTags.init)
        if !request.suppressionInputs.isEmpty {
            try checkCount(request.suppressionInputs.count)
            try AccessDecision.suppression(principal)
            derived.suppressed = try await custodian.suppression.isSuppressed(
                request.suppressionInputs.map { [UInt8]($0) })
        }
        var response = WireKeeperResponse()
        response.derive = derived
        return response
    }

    func encrypt(
        _ request: WireEncryptRequest, for principal: SecurityPrincipal?,
        _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        try checkCount(request.items.count)
        try AccessDecision.creation(of: request.items.lazy.map(\.binding.label), by: principal)
        let values = try await custodian.cipher.encrypt(request.items.map { try PlainValue($0) })
        var response = WireKeeperResponse()
        response.encrypt.items = values.map(WireEncryptedItem.init)
        response.encrypt.introductions = await Self.introductions(
            request.items, values, custodian)
        return response
    }

    /// Of each subject whose id and address were both sealed here, the one right behind the other: of a new contact, or of one that gets
    /// another address.
    private static func introductions(
        _ items: [WireEncryptItem], _ values: [Result<EncryptedValue, KeyCustodyError>],
        _ custodian: KeyCustodian
    ) async -> [WireIntroduction] {
        var introductions: [WireIntroduction] = []
        let key = custodian.introductionKey
        for (position, item) in items.enumerated().dropLast() {
            let next = items[position + 1]
            guard item.newSubject == next.newSubject, item.binding.field == "contactId",
                next.binding.field == "email", item.binding.subject == next.binding.subject,
                item.binding.entity == next.binding.entity,
                item.binding.label == next.binding.label,
                let sealedID = try? values[position].get(),
                let sealedEmail = try? values[position + 1].get(),
                let email = try? custodian.index.value(
                    field: "email", canonical: [UInt8](next.plaintext))
            else { continue }
            let name = Self.name(behind: position + 1, items, values)
            let words = Data(name.map { custodian.index.words(of: $0.text) } ?? [])
            let introduction = Introduction(
                subject: item.binding.subject, contactID: item.plaintext, email: Data(email),
                nameWords: words, entity: item.binding.entity, label: item.binding.label,
                sealedContactID: sealedID, sealedEmail: sealedEmail, sealedName: name?.sealed)
            var wire = WireIntroduction()
            wire.subject = introduction.subject
            wire.code = introduction.code(under: key)
            wire.nameWords = words
            introductions.append(wire)
            // A signature must not wait for thousands.
            if introductions.count.isMultiple(of: 64) { await Task.yield() }
        }
        return introductions
    }

    /// The name that stands right behind an address, bound to the same entity and label; nil: none does.
    private static func name(
        behind position: Int, _ items: [WireEncryptItem],
        _ values: [Result<EncryptedValue, KeyCustodyError>]
    ) -> (text: String, sealed: EncryptedValue)? {
        guard position + 1 < items.count else { return nil }
        let (email, name) = (items[position].binding, items[position + 1].binding)
        guard name.field == "fullName", name.subject == email.subject,
            name.entity == email.entity, name.label == email.label,
            let sealed = try? values[position + 1].get()
        else { return nil }
        return (String(decoding: items[position + 1].plaintext, as: UTF8.self), sealed)
    }

    func sealAddress(
        _ request: WireSealAddressRequest, of principal: SecurityPrincipal?,
        _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        guard let principal else {
            throw WireFault(.unauthenticated, "an address is sealed for a credential's principal")
        }
        var response = WireKeeperResponse()
        response.sealAddress.value = WireSealedValue(
            try await custodian.callerAddresses.seal(
                request.address, of: principal.subject,
                label: principal.clearance.auditLabelText))
        return response
    }

    func openAddresses(
        _ request: WireOpenAddressesRequest, for principal: SecurityPrincipal?,
        _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        try checkCount(request.items.count)
        try AccessDecision.disclosure(of: request.items.lazy.map(\.label), to: principal)
        let values = try request.items.map { item in
            guard let value = EncryptedValue(item.value) else {
                throw WireFault(.invalid, "a sealed address is not as FORMAT section 9 has it")
            }
            return (item.principal, item.label, value)
        }
        var response = WireKeeperResponse()
        response.openAddresses.addresses = try await custodian.callerAddresses.open(values)
            .map { $0 ?? "" }
        return response
    }

    func decrypt(
        _ request: WireDecryptRequest, for principal: SecurityPrincipal?,
        _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        try checkCount(request.items.count)
        try AccessDecision.disclosure(of: request.items.lazy.map(\.binding.label), to: principal)
        let values = try await custodian.cipher.decrypt(request.items.map { try BoundValue($0) })
        var response = WireKeeperResponse()
        response.decrypt.items = values.map(WireDecryptedItem.init)
        return response
    }

    func relabel(
        _ request: WireRelabelRequest, for principal: SecurityPrincipal?,
        _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        try checkCount(request.items.count)
        try AccessDecision.relabelling(
            of: request.items.lazy.map(\.binding.label), to: request.label, by: principal)
        let old = try request.items.map { try BoundValue($0) }
        let values = try await custodian.relabeller.relabel(old, to: request.label)
        var response = WireKeeperResponse()
        response.relabel.items = values.map(WireEncryptedItem.init)
        if let resealing = Self.resealing(old, values, to: request.label) {
            response.relabel.code = resealing.code(under: custodian.introductionKey)
        }
        return response
    }

    /// Nil where one was not sealed, or there was none.
    private static func resealing(
        _ old: [BoundValue], _ values: [Result<EncryptedValue, KeyCustodyError>], to label: String
    ) -> Resealing? {
        guard let subject = old.first?.binding.subject,
            let new = try? values.map({ try $0.get() }), new.count == old.count
        else { return nil }
        return Resealing(
            subject: subject.data, label: label,
            values: zip(old, new).map { old, new in
                Resealing.Value(
                    entity: old.binding.entity, field: old.binding.field,
                    label: old.binding.label, old: old.value, new: new)
            })
    }

    /// Before anything is translated or looked up.
    func checkCount(_ count: Int) throws {
        guard count <= CustodyLimits.maxItems else {
            throw WireFault(
                .invalid, "\(count) items in one call; send at most \(CustodyLimits.maxItems)")
        }
    }
}
