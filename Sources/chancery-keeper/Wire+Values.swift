import ContactModel
import Foundation
import KeyCustody
import LedgerFormat
import ProcessBoundary

// Between wire messages and the values of KeyCustody. Whatever does not fit is `invalid`.

extension ValueBinding {
    init(_ wire: WireBinding) throws(KeyCustodyError) {
        guard let subject = SubjectTag(wire.subject) else {
            throw KeyCustodyError(.invalid, "a subject tag has 16 bytes")
        }
        try self.init(
            subject: subject, entity: wire.entity, field: wire.field, label: wire.label)
    }
}

extension PlainValue {
    init(_ wire: WireEncryptItem) throws(KeyCustodyError) {
        self.init(
            binding: try ValueBinding(wire.binding), plaintext: [UInt8](wire.plaintext),
            newSubject: wire.newSubject)
    }
}

extension BoundValue {
    init(_ wire: WireSealedItem) throws(KeyCustodyError) {
        guard let value = EncryptedValue(wire.value) else {
            throw KeyCustodyError(.invalid, "a sealed value is not as FORMAT section 9 has it")
        }
        self.init(binding: try ValueBinding(wire.binding), value: value)
    }
}

extension WireEncryptedItem {
    init(_ result: Result<EncryptedValue, KeyCustodyError>) {
        self.init()
        switch result {
        case .success(let sealed): value = WireSealedValue(sealed)
        case .failure(let error): fault = WireFault(error)
        }
    }
}

extension WireDecryptedItem {
    init(_ value: DecryptedValue) {
        self.init()
        switch value {
        case .plaintext(let bytes): plaintext = Data(bytes)
        case .unreadable: fault = .unreadable
        case .corrupt(let error): fault = WireFault(error)
        }
    }
}

extension WireReindexedItem {
    init(_ value: ReindexedValue) {
        self.init()
        switch value {
        case .indexValue(let bytes): indexValue = Data(bytes)
        case .contactID(let bytes): contactID = Data(bytes)
        case .words(let bytes): nameWords = Data(bytes)
        case .unreadable: fault = .unreadable
        case .corrupt(let error): fault = WireFault(error)
        }
    }
}

extension WireIdempotencyTags {
    init(_ tags: [IdempotencyTag]) {
        self.init()
        days = tags.map { tag in
            var wire = WireIdempotencyTag()
            wire.key = Data(tag.key)
            wire.request = Data(tag.request)
            return wire
        }
    }
}

extension WirePublicKeysResponse {
    init(_ keys: PublicKeys) {
        self.init()
        origin = keys.origin
        generation = keys.generation
        treeSize = keys.treeSize
        if !keys.past.isEmpty, let file = try? TrustFile(generations: keys.past).encoded() {
            past = Data(file)
        }
        recovered = keys.recovered ?? Data()
        self.keys = keys.keys.map(WirePublicKey.init)
        coming = keys.coming.map(WirePublicKey.init)
        dayKeys.active = keys.dayKeys.active ?? ""
        dayKeys.oldest = keys.dayKeys.oldest ?? ""
        dayKeys.count = keys.dayKeys.count
    }
}

extension WirePublicKey {
    init(_ key: PublicKeyRecord) {
        self.init()
        use = key.use
        algorithm = key.algorithm
        name = key.name
        keyID = key.keyID
        publicKey = Data(key.publicKey)
        fromSize = key.fromSize
        if let until = key.untilSize { untilSize = until }
        sealCounter = Data(key.sealCounter ?? [])
        destroyed = key.isDestroyed
    }
}

extension WireTPMCounters {
    init(_ values: CounterValues) {
        self.init()
        seals = values.seals
        epoch = values.epoch
        anchor = values.anchor
    }
}

extension WireEscrow {
    init(_ report: EscrowReport) {
        self.init()
        threshold = UInt32(clamping: report.threshold)
        holders = UInt32(clamping: report.holders)
        epoch = report.epoch
        issued = report.issued
    }
}

extension WireFault {
    static let unreadable = WireFault(
        .unreadable, "the subject of this value has no key: it was erased, or was never there")

    init(_ error: KeyCustodyError) {
        let code: WireFault.Code =
            switch error.code {
            case .invalid: .invalid
            case .forbidden: .forbidden
            case .notFound: .notFound
            case .equivocation: .equivocation
            case .unavailable: .unavailable
            case .corrupt, .cannotStart: .internal
            }
        self.init(
            code, error.message,
            retryAfterMilliseconds: error.code == .unavailable ? 1_000 : 0)
    }
}
