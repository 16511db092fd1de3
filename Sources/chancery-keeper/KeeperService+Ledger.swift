import AccessControl
import ContactModel
import Foundation
import KeyCustody
import LedgerFormat
import ProcessBoundary

extension KeeperService {
    func signTree(
        _ request: WireSignTreeRequest, _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        guard request.leafHashes.count <= CustodyLimits.maxLeafHashes else {
            throw WireFault(
                .invalid, "a group has at most \(CustodyLimits.maxLeafHashes) leaf hashes")
        }
        let leaves = try request.leafHashes.map { bytes in
            guard let hash = Digest32(bytes) else {
                throw WireFault(.invalid, "a leaf hash has 32 bytes")
            }
            return hash
        }
        let note = try await custodian.treeSigner.extend(
            generation: request.generation, fromSize: request.fromSize, leafHashes: leaves)
        return Self.signed(note)
    }

    func resignTree(
        _ request: WireResignTreeRequest, _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        Self.signed(
            try await custodian.treeSigner.resign(
                generation: request.generation, size: request.size))
    }

    func signPublished(
        _ request: WireSignPublishedRequest, _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        Self.signed(
            try await custodian.publishedSigner.sign(
                generation: request.generation, size: request.size))
    }

    func signReceipt(
        _ request: WireSignReceiptRequest, _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        let signature = try await custodian.receiptSigner.sign([UInt8](request.receipt))
        var response = WireKeeperResponse()
        response.signReceipt.jws = signature.text
        return response
    }

    func signManifest(
        _ request: WireSignManifestRequest, _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        let manifest = try await custodian.manifestSigner.sign(body: [UInt8](request.body))
        var response = WireKeeperResponse()
        response.signManifest.file = Data(manifest.fileBytes())
        return response
    }

    func publicKeys(_ custodian: KeyCustodian) async throws -> WireKeeperResponse {
        var response = WireKeeperResponse()
        response.publicKeys = WirePublicKeysResponse(try await custodian.publicKeys())
        return response
    }

    func rotateKey(
        _ request: WireRotateKeyRequest, _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        switch request.key {
        case .checkpoint(let step): try await rotate(.checkpoint, step, custodian)
        case .segmentManifest(let step): try await rotate(.segmentManifest, step, custodian)
        case .day: _ = try await custodian.rotateDayKey()
        case nil: throw WireFault(.invalid, "the request names no key to rotate")
        }
        return try await publicKeys(custodian)
    }

    private func rotate(
        _ use: KeyRotator.Use, _ step: WireKeyRotationStep, _ custodian: KeyCustodian
    ) async throws {
        switch step {
        case .begin:
            // The escrow that waits has the keystore without the successor: what that signs would be lost with the TPM.
            guard state.escrowProblem.isEmpty else {
                throw WireFault(
                    .unavailable,
                    "no key is rotated while the escrow waits: \(state.escrowProblem)")
            }
            try await custodian.rotator.begin(use)
        case .retire: try await custodian.rotator.retire(use)
        case .destroy: try await custodian.rotator.destroy(use)
        case .unspecified, .UNRECOGNIZED:
            throw WireFault(.invalid, "the request names no step of a rotation")
        }
    }

    func reindex(
        _ request: WireReindexRequest, _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        try checkCount(request.items.count)
        let values = try await custodian.reindexer.reindex(request.items.map { try BoundValue($0) })
        var response = WireKeeperResponse()
        response.reindex.items = values.map(WireReindexedItem.init)
        return response
    }

    /// The signature is checked against the contact whose id opens under the subject's key, not against anybody's word.
    func authorizeErasure(
        _ request: WireAuthorizeErasureRequest, by principal: SecurityPrincipal?,
        _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        guard let principal else {
            throw WireFault(.unauthenticated, "an erasure needs a credential")
        }
        try AccessDecision.erasure(of: request.contactID.binding.label, by: principal)
        let value = try BoundValue(request.contactID)
        let authorizer = custodian.erasureAuthorizer
        guard let bytes = try await authorizer.contact(of: value),
            let contact = EntityID(bytes: Data(bytes))
        else { throw WireFault(.notFound, "there is no such contact") }
        try gate.check(request, erasing: contact, at: custodian.origin, by: principal)
        if request.hasEmail {
            let email = try BoundValue(request.email)
            guard email.binding.subject == value.binding.subject else {
                throw WireFault(.invalid, "the address is of another contact")
            }
            try await custodian.suppression.remember(email)
        }
        var response = WireKeeperResponse()
        response.authorizeErasure.ticket = Data(
            authorizer.ticket(for: value.binding.subject, actor: principal.subject))
        return response
    }

    func forget(
        _ request: WireForgetRequest, _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        try checkCount(request.orders.count)
        guard request.payloads.count == request.orders.count else {
            throw WireFault(.invalid, "each order to erase comes with its payload")
        }
        let orders = try zip(request.orders, request.payloads).map { bytes, payload in
            do throws(InclusionReceiptError) {
                return ErasureOrder(
                    receipt: try InclusionReceipt(parsing: bytes), payload: payload)
            } catch {
                throw WireFault(.invalid, "an order to erase is no receipt: \(error.message)")
            }
        }
        let epochs = try await custodian.eraser.erase(orders)
        var response = WireKeeperResponse()
        response.forget.epochBefore = epochs.before
        response.forget.epochAfter = epochs.after
        return response
    }

    func certifyErasure(
        _ request: WireCertifyErasureRequest, _ custodian: KeyCustodian
    ) async throws -> WireKeeperResponse {
        try checkCount(request.entries.count)
        let entries = try request.entries.map { entry in
            guard let header = try? InclusionReceipt(parsing: entry.receipt).extra else {
                throw WireFault(.invalid, "an entry comes with its receipt, which has its header")
            }
            return SubjectEvidence.Entry(
                header: Data(header), payload: entry.payload, receipt: entry.receipt)
        }
        var response = WireKeeperResponse()
        response.certifyErasure.document = Data(
            try await custodian.erasureCertifier.certify(entries))
        return response
    }

    private static func signed(_ note: [UInt8]) -> WireKeeperResponse {
        var response = WireKeeperResponse()
        response.signTree.note = Data(note)
        return response
    }
}
