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
        let values = try await custodian.relabeller.relabel(
            request.items.map { try BoundValue($0) }, to: request.label)
        var response = WireKeeperResponse()
        response.relabel.items = values.map(WireEncryptedItem.init)
        return response
    }

    /// Before anything is translated or looked up.
    func checkCount(_ count: Int) throws {
        guard count <= CustodyLimits.maxItems else {
            throw WireFault(
                .invalid, "\(count) items in one call; send at most \(CustodyLimits.maxItems)")
        }
    }
}
