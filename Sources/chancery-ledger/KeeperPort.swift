import ContactModel
import Foundation
import LedgerFormat
import LedgerStore
import ProcessBoundary

/// chancery-keeper as the store's signer, reindexer and forgetter.
struct KeeperPort: TreeSigner, Reindexer, Forgetter {
    private let client: KeeperClient
    static let timeout = Duration.seconds(30)
    /// Well below what the keeper takes in one request.
    private static let itemsPerRequest = 1_024

    init(_ client: KeeperClient) {
        self.client = client
    }

    func shutdown() async { await client.shutdown() }

    // MARK: - TreeSigner

    func identity() async throws -> SignerIdentity {
        try await identity(.publicKeys(WireEmpty()))
    }

    func rotate(_ key: SigningKeyUse, _ step: KeyRotationStep) async throws -> SignerIdentity {
        let step: WireKeyRotationStep =
            switch step {
            case .retire: .retire
            case .destroy: .destroy
            }
        return try await identity(.rotateKey(Self.rotation(of: key, step)))
    }

    /// The first step of a rotation, by the word of whoever asked for it.
    ///
    /// - Parameter key: nil: the key that encrypts.
    func beginRotation(
        of key: SigningKeyUse?, for caller: WireKeyRotationRequest
    ) async throws -> SignerIdentity {
        var request = WireRotateKeyRequest()
        if let key {
            request = Self.rotation(of: key, .begin)
        } else {
            request.day = WireEmpty()
        }
        request.credential = caller.credential
        request.signature = caller.signature
        return try await identity(.rotateKey(request))
    }

    private static func rotation(
        of key: SigningKeyUse, _ step: WireKeyRotationStep
    ) -> WireRotateKeyRequest {
        var request = WireRotateKeyRequest()
        switch key {
        case .checkpoint: request.checkpoint = step
        case .segmentManifest: request.segmentManifest = step
        }
        return request
    }

    private func identity(
        _ operation: WireKeeperRequest.OneOf_Operation
    ) async throws -> SignerIdentity {
        let response = try await ask(operation) { result -> WirePublicKeysResponse? in
            if case .publicKeys(let response) = result { response } else { nil }
        }
        let dayKeys = response.dayKeys
        return SignerIdentity(
            origin: response.origin, generation: response.generation,
            keys: try response.keys.map(Self.key), treeSize: response.treeSize,
            destroyed: Set(response.keys.filter(\.destroyed).map(\.keyID)),
            dayKeys: DayKeySummary(
                active: dayKeys.active.isEmpty ? nil : dayKeys.active,
                oldest: dayKeys.oldest.isEmpty ? nil : dayKeys.oldest, count: dayKeys.count),
            past: response.past.isEmpty
                ? [] : try TrustFile(parsing: response.past).generations,
            coming: try response.coming.map(Self.key),
            recovered: response.recovered.isEmpty ? nil : response.recovered)
    }

    func sign(
        generation: UInt64, fromSize: UInt64, leafHashes: [Digest32]
    ) async throws -> [UInt8] {
        var request = WireSignTreeRequest()
        request.generation = generation
        request.fromSize = fromSize
        request.leafHashes = leafHashes.map(\.data)
        return try await note(.signTree(request))
    }

    func resign(generation: UInt64, size: UInt64) async throws -> [UInt8] {
        var request = WireResignTreeRequest()
        request.generation = generation
        request.size = size
        return try await note(.resignTree(request))
    }

    func signPublished(generation: UInt64, size: UInt64) async throws -> [UInt8] {
        var request = WireSignPublishedRequest()
        request.generation = generation
        request.size = size
        return try await note(.signPublished(request))
    }

    func signReceipt(_ receipt: [UInt8]) async throws -> String {
        var request = WireSignReceiptRequest()
        request.receipt = Data(receipt)
        return try await ask(.signReceipt(request)) { result -> WireSignReceiptResponse? in
            if case .signReceipt(let response) = result { response } else { nil }
        }.jws
    }

    func signManifest(body: [UInt8]) async throws -> SegmentManifest {
        var request = WireSignManifestRequest()
        request.body = Data(body)
        let response = try await ask(.signManifest(request)) {
            result -> WireSignManifestResponse? in
            if case .signManifest(let response) = result { response } else { nil }
        }
        return try SegmentManifest(parsing: response.file)
    }

    // MARK: - Forgetter

    func authorizeErasure(
        _ contact: ErasedContact, for caller: WireEraseRequest
    ) async throws(LedgerStoreError) -> Data {
        var request = WireAuthorizeErasureRequest()
        request.credential = caller.credential
        request.signature = caller.signature
        request.contactID = WireSealedItem(contact.id)
        request.email = WireSealedItem(contact.email)
        do {
            return try await ask(.authorizeErasure(request)) {
                result -> WireAuthorizeErasureResponse? in
                if case .authorizeErasure(let response) = result { response } else { nil }
            }.ticket
        } catch let error as LedgerStoreError {
            throw error
        } catch {
            throw Self.unexpected
        }
    }

    func forget(_ orders: [ErasureOrder]) async throws -> ErasureEpochs {
        var request = WireForgetRequest()
        request.orders = orders.map { Data($0.receipt) }
        request.payloads = orders.map(\.payload)
        let response = try await ask(.forget(request)) { result -> WireForgetResponse? in
            if case .forget(let response) = result { response } else { nil }
        }
        return ErasureEpochs(before: response.epochBefore, after: response.epochAfter)
    }

    /// - Returns: the certificate of an erasure that these entries tell of.
    func certifyErasure(
        _ entries: [SubjectEvidence.Entry]
    ) async throws(LedgerStoreError) -> Data {
        var request = WireCertifyErasureRequest()
        request.entries = entries.map { entry in
            .with {
                $0.receipt = entry.receipt
                $0.payload = entry.payload
            }
        }
        do {
            return try await ask(.certifyErasure(request)) {
                result -> WireCertifyErasureResponse? in
                if case .certifyErasure(let response) = result { response } else { nil }
            }.document
        } catch let error as LedgerStoreError {
            throw error
        } catch {
            throw Self.unexpected
        }
    }

    // MARK: - Its word

    /// Under which it vouches for new contacts and relabels, and which verifies its tickets.
    func introductionKey() async throws(WireFault) -> WireIntroductionKeyResponse {
        do {
            return try await ask(.introductionKey(WireEmpty())) {
                result -> WireIntroductionKeyResponse? in
                if case .introductionKey(let response) = result { response } else { nil }
            }
        } catch let error as LedgerStoreError {
            throw WireFault(error)
        } catch {
            throw WireFault(Self.unexpected)
        }
    }

    // MARK: - Reindexer

    func reindex(_ items: [ReindexItem]) async throws -> [ReindexedValue] {
        // All at once: the keeper works on several, and a slice of catch-up is a few dozen at most.
        try await withThrowingTaskGroup(of: (Int, [ReindexedValue]).self) { group in
            for start in stride(from: 0, to: items.count, by: Self.itemsPerRequest) {
                let part = items[start..<min(start + Self.itemsPerRequest, items.count)]
                group.addTask { (start, try await reindex(part)) }
            }
            var parts: [Int: [ReindexedValue]] = [:]
            for try await (start, values) in group { parts[start] = values }
            return parts.sorted { $0.key < $1.key }.flatMap(\.value)
        }
    }

    private func reindex(_ items: ArraySlice<ReindexItem>) async throws -> [ReindexedValue] {
        var request = WireReindexRequest()
        request.items = items.map(WireSealedItem.init)
        let response = try await ask(.reindex(request)) { result -> WireReindexResponse? in
            if case .reindex(let response) = result { response } else { nil }
        }
        guard response.items.count == items.count else { throw Self.unexpected }
        return try response.items.map(Self.value)
    }

    private static func value(_ item: WireReindexedItem) throws -> ReindexedValue {
        switch item.result {
        case .indexValue(let bytes):
            guard let digest = Digest32(bytes) else { throw unexpected }
            return .index(digest)
        case .contactID(let bytes): return .contactID(bytes)
        case .nameWords(let bytes): return .words(bytes)
        // Only an erased subject may be skipped; any other refusal must not look like one.
        case .fault(let fault) where fault.code == .unreadable: return .unreadable
        case .fault(let fault): throw Self.failure(fault)
        case nil: throw unexpected
        }
    }

    // MARK: - Plumbing

    private func note(_ operation: WireKeeperRequest.OneOf_Operation) async throws -> [UInt8] {
        let response = try await ask(operation) { result -> WireSignTreeResponse? in
            if case .signTree(let response) = result { response } else { nil }
        }
        return Array(response.note)
    }

    func ask<Response>(
        _ operation: WireKeeperRequest.OneOf_Operation, timeout: Duration = Self.timeout,
        _ pick: (WireKeeperResponse.OneOf_Result) -> Response?
    ) async throws -> Response {
        var request = WireKeeperRequest()
        request.operation = operation
        let response: WireKeeperResponse
        do throws(FrameError) {
            response = try await client.call(request, timeout: timeout)
        } catch {
            throw LedgerStoreError(
                .unavailable, "The keeper does not answer: \(error.message)",
                retryAfterMilliseconds: 1_000)
        }
        if case .fault(let fault) = response.result { throw Self.failure(fault) }
        guard let result = response.result.flatMap(pick) else { throw Self.unexpected }
        return result
    }

    private static func failure(_ fault: WireFault) -> LedgerStoreError {
        switch fault.code {
        case .equivocation: LedgerStoreError(.equivocation, "The keeper refuses: \(fault.message)")
        case .invalid: LedgerStoreError(.invalid, "The keeper refuses: \(fault.message)")
        case .notFound: LedgerStoreError(.notFound, "There is no such contact.")
        // Passed on as it is: whoever asked may see it.
        case .signature, .unauthenticated, .forbidden:
            LedgerStoreError(.unauthorized, fault.message)
        default: LedgerStoreError(.unavailable, "The keeper refuses: \(fault.message)")
        }
    }

    private static let unexpected = LedgerStoreError(
        .unavailable, "The keeper's reply cannot be read: are both processes of one version?")

    private static func key(_ key: WirePublicKey) throws -> TrustedKey {
        guard let use = TrustedKey.Use(rawValue: key.use),
            let algorithm = TrustedKey.Algorithm(rawValue: key.algorithm)
        else { throw unexpected }
        return try TrustedKey(
            use: use, algorithm: algorithm, name: key.name, publicKey: Array(key.publicKey),
            fromSize: key.fromSize, untilSize: key.hasUntilSize ? key.untilSize : nil,
            sealCounter: key.sealCounter.isEmpty ? nil : Array(key.sealCounter))
    }
}

extension WireSealedItem {
    fileprivate init(_ item: ReindexItem) {
        self.init()
        binding.subject = item.subject.data
        binding.entity = item.entity
        binding.field = item.field
        binding.label = item.label
        value = WireSealedValue(item.value)
    }
}
