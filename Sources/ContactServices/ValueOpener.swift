import Foundation
import ProcessBoundary

/// Has the keeper decrypt values, in parts that it takes.
struct ValueOpener: Sendable {
    let keeper: any KeeperPort

    /// - Returns: their texts, in order.
    /// - Throws: `unreadable` where a subject's key is gone; `forbidden` for a label above the caller's clearance; unavailability.
    func texts(
        of items: [WireSealedItem], _ authorized: Authorized
    ) async throws(ServiceError) -> [String] {
        var texts: [String] = []
        for plaintext in try await plaintexts(of: items, authorized) {
            guard let text = String(validating: plaintext, as: UTF8.self) else {
                throw .unexpectedReply(.keeper)
            }
            texts.append(text)
        }
        return texts
    }

    /// Of values that are no text.
    func plaintexts(
        of items: [WireSealedItem], _ authorized: Authorized
    ) async throws(ServiceError) -> [Data] {
        var plaintexts: [Data] = []
        var rest = items[...]
        while !rest.isEmpty {
            let part = rest.prefix(ServiceLimits.decryptItems)
            rest = rest.dropFirst(part.count)
            plaintexts += try await open(Array(part), authorized)
        }
        return plaintexts
    }

    private func open(
        _ items: [WireSealedItem], _ authorized: Authorized
    ) async throws(ServiceError) -> [Data] {
        var request = WireDecryptRequest()
        request.credential = authorized.request.credential
        request.items = items
        let response = try await keeper.ask(.decrypt(request)) { result -> WireDecryptResponse? in
            if case .decrypt(let response) = result { response } else { nil }
        }
        guard response.items.count == items.count else { throw .unexpectedReply(.keeper) }
        var plaintexts: [Data] = []
        for item in response.items {
            switch item.result {
            case .plaintext(let bytes): plaintexts.append(bytes)
            case .fault(let fault): throw ServiceError(fault, from: .keeper)
            case nil: throw .unexpectedReply(.keeper)
            }
        }
        return plaintexts
    }
}

extension WireSealedItem {
    init(_ value: WireBoundValue, of subject: Data) {
        self.init()
        binding.subject = subject
        binding.entity = value.entity
        binding.field = value.field
        binding.label = value.label
        self.value = value.value
    }
}
