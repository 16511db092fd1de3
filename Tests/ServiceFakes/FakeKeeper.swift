import ContactModel
public import ContactServices
import Crypto
public import Foundation
public import ProcessBoundary
import Synchronization

/// A keeper without secrets: index values and tags are hashes, ciphertext is the plaintext inverted.
public final class FakeKeeper: KeeperPort {
    private struct State {
        var calls: [WireKeeperRequest.OneOf_Operation] = []
        var subjects: Set<Data> = []
        var suppressed: Set<Data> = []
        var failure: PortError?
        var fault: WireFault?
    }

    private let state = Mutex(State())

    public init() {}

    public var calls: [WireKeeperRequest.OneOf_Operation] { state.withLock { $0.calls } }
    public var subjects: Set<Data> { state.withLock { $0.subjects } }

    /// The subject's key is gone, as after an erasure.
    public func forget(_ subject: Data) { state.withLock { _ = $0.subjects.remove(subject) } }

    /// Somebody with this canonical address was erased.
    public func suppress(_ canonical: String) {
        state.withLock { _ = $0.suppressed.insert(Data(canonical.utf8)) }
    }

    public func fail(_ error: PortError?) { state.withLock { $0.failure = error } }
    public func fault(_ code: WireFault.Code?) {
        state.withLock { state in
            state.fault = code.map { code in
                var fault = WireFault()
                fault.code = code
                return fault
            }
        }
    }

    public static func indexValue(_ canonical: String) -> Data {
        Data(SHA256.hash(data: Data(canonical.utf8)))
    }

    /// Of the one day that there is.
    public static func idempotencyTag(_ key: String) -> Data {
        Data(SHA256.hash(data: Data(key.utf8)))
    }

    public static func invert(_ data: Data) -> Data { Data(data.map { ~$0 }) }

    public func call(
        _ request: WireKeeperRequest, timeout: Duration
    ) async throws(PortError) -> WireKeeperResponse {
        guard let operation = request.operation else { throw .malformed }
        let (failure, fault) = state.withLock { state in
            state.calls.append(operation)
            return (state.failure, state.fault)
        }
        if let failure { throw failure }
        var response = WireKeeperResponse()
        if let fault {
            response.fault = fault
            return response
        }
        switch operation {
        case .derive(let derive): response.derive = self.derive(derive)
        case .encrypt(let encrypt): response.encrypt = self.encrypt(encrypt)
        case .decrypt(let decrypt) where decrypt.items.count > 4_096:
            response.fault.code = .invalid
        case .decrypt(let decrypt): response.decrypt = Self.decrypt(decrypt)
        case .sealAddress(let request): response.sealAddress = Self.sealAddress(request)
        case .openAddresses(let request): response.openAddresses = Self.openAddresses(request)
        case .relabel(let relabel): response.relabel = Self.relabel(relabel)
        case .callbackTokens(let request):
            response.callbackTokens.tokens = request.attempts.map {
                Self.callbackToken($0.vendor, attempt: $0.attempt)
            }
        case .issueTicket(let request):
            let token = Self.callbackToken(request.vendor, attempt: request.attempt)
            if request.vendor.isEmpty || request.callbackToken == token {
                response.issueTicket.ticket = Self.ticket(request.vendor)
            } else {
                response.fault.code = .forbidden
            }
        case .health:
            response.health.ready = true
            response.health.memoryLocked = true
        default: throw .malformed
        }
        return response
    }

    private func derive(_ request: WireDeriveRequest) -> WireDeriveResponse {
        var response = WireDeriveResponse()
        response.indexValues = request.indexInputs.map { input in
            let hash = Data(SHA256.hash(data: input.canonical))
            return input.field == "nameWord" ? hash.prefix(2) : hash
        }
        response.idempotency = request.idempotencyInputs.map { input in
            var tag = WireIdempotencyTag()
            tag.key = Self.idempotencyTag(input.key)
            tag.request = Data(SHA256.hash(data: Data(input.key.utf8) + input.requestDigest))
            var tags = WireIdempotencyTags()
            tags.days = [tag]
            return tags
        }
        let suppressed = state.withLock { $0.suppressed }
        response.suppressed = request.suppressionInputs.map(suppressed.contains)
        return response
    }

    private func encrypt(_ request: WireEncryptRequest) -> WireEncryptResponse {
        var response = WireEncryptResponse()
        response.items = request.items.map { item in
            var sealed = WireEncryptedItem()
            let isKnown = state.withLock { state in
                if item.newSubject { state.subjects.insert(item.binding.subject) }
                return state.subjects.contains(item.binding.subject)
            }
            guard isKnown else {
                sealed.fault.code = .notFound
                return sealed
            }
            var value = WireSealedValue()
            value.ciphertext = Self.invert(item.plaintext)
            value.keyID = "DEK-20261123"
            value.algorithm = "AES-256-GCM"
            value.iv = Data(count: 12)
            value.authTag = Data(SHA256.hash(data: Data(item.binding.entity.utf8))).prefix(16)
            sealed.value = value
            return sealed
        }
        let identified = Set(
            request.items.filter { $0.binding.field == "contactId" }.map(\.binding.subject))
        response.introductions = identified.map { subject in
            .with {
                $0.subject = subject
                $0.code = Self.introduction(subject)
                let name = request.items.first {
                    $0.binding.subject == subject && $0.binding.field == "fullName"
                }
                let words = NameWords.words(
                    of: String(decoding: name?.plaintext ?? Data(), as: UTF8.self))
                $0.nameWords = words.reduce(into: Data()) {
                    $0 += SHA256.hash(data: Data($1.utf8)).prefix(2)
                }
            }
        }
        return response
    }

    /// Of whatever request.
    public static func callbackToken(_ vendor: String, attempt: UInt32) -> Data {
        Data(SHA256.hash(data: Data("\(vendor) \(attempt)".utf8)))
    }

    /// Signed by nobody.
    /// - Parameter vendor: empty: it takes the enrichment further.
    public static func ticket(_ vendor: String) -> Data {
        Data("chancery-ticket/v1.\(vendor).".utf8)
    }

    public static func introduction(_ subject: Data) -> Data { Data(SHA256.hash(data: subject)) }

    /// Addresses are sealed as values are.
    private static func sealAddress(_ request: WireSealAddressRequest) -> WireSealAddressResponse {
        var response = WireSealAddressResponse()
        response.value.ciphertext = invert(Data(request.address.utf8))
        response.value.keyID = "DEK-20261123"
        response.value.algorithm = "AES-256-GCM"
        response.value.iv = Data(count: 12)
        response.value.authTag = Data(count: 16)
        return response
    }

    private static func openAddresses(
        _ request: WireOpenAddressesRequest
    ) -> WireOpenAddressesResponse {
        var response = WireOpenAddressesResponse()
        response.addresses = request.items.map {
            String(decoding: invert($0.value.ciphertext), as: UTF8.self)
        }
        return response
    }

    /// What it seals says nothing of the label.
    private static func relabel(_ request: WireRelabelRequest) -> WireRelabelResponse {
        var response = WireRelabelResponse()
        response.items = request.items.map { item in
            var sealed = WireEncryptedItem()
            sealed.value = item.value
            return sealed
        }
        response.code = request.items.first.map { introduction($0.binding.subject) } ?? Data()
        return response
    }

    private static func decrypt(_ request: WireDecryptRequest) -> WireDecryptResponse {
        var response = WireDecryptResponse()
        response.items = request.items.map { item in
            var decrypted = WireDecryptedItem()
            let tag = Data(SHA256.hash(data: Data(item.binding.entity.utf8))).prefix(16)
            if item.value.authTag == tag {
                decrypted.plaintext = invert(item.value.ciphertext)
            } else {
                decrypted.fault.code = .unreadable
            }
            return decrypted
        }
        return response
    }
}
