import ContactModel
import Foundation
import LedgerFormat
import LedgerStore
import ProcessBoundary
import Projections

// Values of the store to wire messages.

extension WireFault {
    init(_ error: LedgerStoreError) {
        let code: WireFault.Code =
            switch error.code {
            case .invalid: .invalid
            case .notFound: .notFound
            case .forbidden: .forbidden
            case .unauthorized: .signature
            case .restricted: .restricted
            case .legalHold: .legalHold
            case .conflict, .nothingToSeal: .conflict
            case .stale: .stale
            case .idempotencyMismatch: .idempotencyMismatch
            case .overloaded: .overloaded
            case .unavailable, .rebuildNeeded, .clockBehind, .locked: .unavailable
            case .damaged: .internal
            case .equivocation: .equivocation
            }
        self.init(
            code, error.message, retryAfterMilliseconds: error.retryAfterMilliseconds ?? 0)
        mayHaveRun = error.mayHaveRun
    }
}

extension WireAppendResponse {
    init(_ result: AppendResult) {
        self.init()
        results = result.mutations.map { outcome in
            var wire = WireMutationResult()
            switch outcome {
            case .receipt(let receipt): wire.receipt = WireMutationReceipt(receipt)
            case .refused(let error): wire.fault = WireFault(error)
            }
            return wire
        }
        auditIndex = result.auditIndex
        treeSize = result.treeSize
    }
}

extension WireMutationReceipt {
    init(_ receipt: MutationReceipt) {
        self.init()
        subject = receipt.subject.data
        contactID = receipt.contactID?.bytes ?? Data()
        generation = receipt.generation
        index = receipt.index
        count = UInt32(clamping: receipt.count)
        leafHash = receipt.leafHash.data
        time = receipt.time.text
        treeSize = receipt.treeSize
        replayed = receipt.replayed
    }
}

extension WirePreparedItem {
    init(_ item: PreparedItem) {
        self.init()
        switch item {
        case .replay(let receipt): replay = WireMutationReceipt(receipt)
        case .refused(let error): fault = WireFault(error)
        case .contact(let head): contact = WireContactHead(head)
        case .clear: clear = WireEmpty()
        }
    }
}

extension WireContactHead {
    init(_ head: ContactHead) {
        self.init()
        subject = head.subject.data
        contactID = head.contactID.bytes
        label = head.label
        version = head.version
    }
}

extension WireContactRow {
    init(_ record: ContactRecord) {
        self.init()
        head = WireContactHead(record.head)
        createdAt = record.createdAt
        updatedAt = record.updatedAt
        email = WireBoundValue(record.email, record.entity, "email", record.boundLabel)
        if let name = record.fullName {
            fullName = WireBoundValue(name, record.entity, "fullName", record.boundLabel)
        }
        attributes = record.attributes.map(WireAttributeRow.init)
        consents = record.consents.map(WireConsentRow.init)
        restricted = record.isRestricted
        objections = record.objections.map(WireObjectionRow.init)
    }
}

extension WireBlobResponse {
    init(_ bytes: Data) {
        self.init()
        self.bytes = bytes
    }
}
