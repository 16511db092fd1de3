import ContactModel
import Foundation
import LedgerFormat
import LedgerStore
import ProcessBoundary
import Projections

// Wire messages to values of the store. Each throws INVALID for a field that is not what ledger.proto says.

extension AppendRequest {
    init(_ wire: WireAppendRequest, actor: LedgerActor) throws(WireFault) {
        var mutations: [MutationDraft] = []
        mutations.reserveCapacity(wire.mutations.count)
        for mutation in wire.mutations { mutations.append(try MutationDraft(mutation)) }
        self.init(actor: actor, mutations: mutations, audit: try AuditDraft(wire.audit))
    }
}

extension LedgerActor {
    /// - Parameter context: the gateway's word; the certificate that a token is bound to is the issuer's.
    init(_ principal: SecurityPrincipal, _ context: WireAuditContext?) throws(WireFault) {
        let context = context ?? WireAuditContext()
        let address = context.hasSourceAddress ? EncryptedValue(context.sourceAddress) : nil
        let certificate =
            principal.certificateThumbprint
            ?? (context.certificate.isEmpty ? nil : context.certificate)
        guard (address != nil) == context.hasSourceAddress,
            let context = AuditContext(
                policyIDs: context.policyIds, certificate: certificate, sourceAddress: address)
        else { throw .invalid("what is told of the request is malformed or too much") }
        self.init(id: principal.subject, clearance: principal.clearance, context: context)
    }
}

extension MutationDraft {
    init(_ wire: WireMutation) throws(WireFault) {
        var entries: [EntryDraft] = []
        for entry in wire.entries { entries.append(try EntryDraft(entry)) }
        guard let subject = SubjectTag(wire.subject) else {
            throw .invalid("a subject tag has 16 bytes")
        }
        guard let words = NameIndex(wire.nameWords) else {
            throw .invalid("a name is found by up to 8 words of 2 bytes")
        }
        self.init(
            entries: entries, subject: subject, createsSubject: wire.createsSubject,
            contactID: wire.contactID.isEmpty ? nil : try ContactID(wire: wire.contactID),
            unique: try UniqueValue.list(wire.unique), words: words,
            idempotency: wire.hasIdempotency ? try IdempotencyTag.list(wire.idempotency) : [],
            expectedVersion: wire.hasExpectedVersion ? wire.expectedVersion : nil)
    }
}

extension EntryDraft {
    init(_ wire: WireEntryDraft) throws(WireFault) {
        guard let stream = EntryStream(rawValue: wire.stream) else {
            throw .invalid("there is no such stream")
        }
        self.init(stream: stream, type: wire.type, label: wire.label, payload: wire.payload)
    }
}

extension AuditDraft {
    init(_ wire: WireAuditDraft) throws(WireFault) {
        guard let category = AuditCategory(rawValue: wire.category),
            let outcome = AuditOutcome(rawValue: wire.outcome)
        else { throw .invalid("an append carries an audit draft with category and outcome") }
        let subject = SubjectTag(wire.subject)
        guard wire.subject.isEmpty || subject != nil else {
            throw .invalid("a subject tag has 16 bytes")
        }
        let subjects = wire.subjects.compactMap { SubjectTag($0) }
        guard subjects.count == wire.subjects.count else {
            throw .invalid("a subject tag has 16 bytes")
        }
        self.init(
            category: category, action: wire.action, resourceType: wire.resourceType,
            subject: subject, subjects: subjects, outcome: outcome, reason: wire.reason,
            purpose: wire.purpose, requestID: wire.requestID,
            decided: try wire.decided.map(DecidedMutation.init))
    }
}

extension DecidedMutation {
    init(_ wire: WireDecidedMutation) throws(WireFault) {
        var tags = WireIdempotencyTags()
        if wire.hasIdempotency { tags.days = [wire.idempotency] }
        self.init(
            position: Int(wire.position), outcome: wire.outcome,
            idempotency: try IdempotencyTag.list(tags).first)
    }
}

extension PrepareItem {
    init(_ wire: WirePrepareItem) throws(WireFault) {
        self.init(
            idempotency: wire.hasIdempotency ? try IdempotencyTag.list(wire.idempotency) : [],
            unique: try UniqueValue.list(wire.unique),
            contactID: wire.contactID.isEmpty ? nil : try ContactID(wire: wire.contactID))
    }
}

extension ContactID {
    init(wire bytes: Data) throws(WireFault) {
        guard let id = ContactID(bytes) else { throw .invalid("a contact id has 16 bytes") }
        self = id
    }
}

extension UniqueValue {
    init(_ wire: WireUniqueValue) throws(WireFault) {
        guard let value = Digest32(wire.value) else {
            throw .invalid("an index value has 32 bytes")
        }
        self.init(index: wire.index, value: value)
    }

    static func list(_ wire: [WireUniqueValue]) throws(WireFault) -> [UniqueValue] {
        guard wire.count <= 8 else { throw .invalid("too many unique values") }
        var values: [UniqueValue] = []
        for value in wire { values.append(try UniqueValue(value)) }
        return values
    }
}

extension IdempotencyTag {
    static func list(_ wire: WireIdempotencyTags) throws(WireFault) -> [IdempotencyTag] {
        guard wire.days.count <= 8 else { throw .invalid("too many idempotency tags") }
        var tags: [IdempotencyTag] = []
        for day in wire.days {
            guard let key = Digest32(day.key), let request = Digest32(day.request) else {
                throw .invalid("an idempotency tag is two HMACs of 32 bytes")
            }
            tags.append(IdempotencyTag(key: key, request: request))
        }
        return tags
    }
}

extension WireFault {
    fileprivate static func invalid(_ message: String) -> WireFault {
        WireFault(.invalid, "Refused: \(message).")
    }
}

/// A request that may name a generation.
protocol GenerationalRequest {
    var generation: UInt64 { get }
}

extension GenerationalRequest {
    /// Nil: the current one.
    var wanted: UInt64? { generation == 0 ? nil : generation }
}

extension WireReadEntryRequest: GenerationalRequest {}
extension WireReadPolicyRequest: GenerationalRequest {}
extension WireReadDSRRequest: GenerationalRequest {}
extension WireReceiptRequest: GenerationalRequest {}
extension WireInclusionRequest: GenerationalRequest {}
extension WireConsistencyRequest: GenerationalRequest {}
extension WireBundleRequest: GenerationalRequest {}
extension WireTileRequest: GenerationalRequest {}
extension WireCheckpointRequest: GenerationalRequest {}
