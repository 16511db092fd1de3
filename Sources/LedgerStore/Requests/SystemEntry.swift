import ContactModel
import Foundation
import LedgerFormat
import Projections

/// An entry that nobody can ask to be appended as it is: the ledger makes it, in its own name but for policies and notices, which are somebody's.
struct SystemEntry: Sendable {
    static let actor = "chancery-ledger"

    let stream: EntryStream
    let type: String
    let payload: Data
    let event: ProjectedEvent
    var subject: SubjectTag?
    /// Becomes the header's `actor`.
    var author = Self.actor
    /// Becomes the header's; but for that of a contact that is there.
    var label = SecurityLabel.default.text

    /// Whether it is somebody's, who may be told to wait: not so what the ledger says of itself, and what an operator does.
    var isOrdinary: Bool { if case .dsr = event { true } else { false } }

    static func keyActivated(_ key: TrustedKey) throws -> SystemEntry {
        let event = KeyActivated(
            algorithm: key.algorithm.rawValue, fromSize: key.fromSize, keyId: key.keyID,
            name: key.name, publicKey: Data(key.publicKey), salt: Salt.random(),
            sealCounter: key.sealCounter.map { LowerHex.encode($0) }, use: key.use.rawValue)
        return SystemEntry(
            stream: .key, type: KeyActivated.type, payload: EventCoding.encode(event),
            event: .keyActivated(event))
    }

    static func keyRetired(_ key: TrustedKey, untilSize: UInt64) -> SystemEntry {
        let event = KeyRetired(
            keyId: key.keyID, salt: Salt.random(), untilSize: untilSize, use: key.use.rawValue)
        return SystemEntry(
            stream: .key, type: KeyRetired.type, payload: EventCoding.encode(event),
            event: .keyRetired(event))
    }

    /// - Parameter payload: the keeper's, as it is.
    static func ledgerRecovered(_ payload: Data) -> SystemEntry {
        SystemEntry(
            stream: .segment, type: LedgerRecovered.type, payload: payload, event: .other)
    }

    /// - Parameter payload: the keeper's, as it is.
    static func anchored(_ payload: Data) -> SystemEntry {
        SystemEntry(stream: .segment, type: TPMAnchored.type, payload: payload, event: .other)
    }

    static func policySetActivated(
        _ event: PolicySetActivated, by actor: LedgerActor
    ) -> SystemEntry {
        SystemEntry(
            stream: .policy, type: PolicySetActivated.type, payload: EventCoding.encode(event),
            event: .policySetActivated(event), author: actor.id)
    }

    static func recipientNotified(
        _ event: RecipientNotified, of notice: NoticeRecord, by actor: LedgerActor
    ) -> SystemEntry {
        SystemEntry(
            stream: .dsr, type: RecipientNotified.type, payload: EventCoding.encode(event),
            event: .dsr(.notified(event)), subject: notice.subject, author: actor.id,
            label: notice.label)
    }

    static func segmentSealed(_ segment: UInt64, manifest: Digest32) throws -> SystemEntry {
        let event = SegmentSealed(
            manifestHash: manifest.hex, salt: Salt.random(), segment: segment)
        return SystemEntry(
            stream: .segment, type: SegmentSealed.type, payload: EventCoding.encode(event),
            event: .segmentSealed(event))
    }

    static func subjectErased(
        _ subject: SubjectTag, ordered: UInt64, generation: UInt64?, _ epochs: ErasureEpochs
    ) -> SystemEntry {
        let event = SubjectErased(
            epochAfter: epochs.after, epochBefore: epochs.before, ordered: ordered,
            orderedGeneration: generation, salt: Salt.random())
        return SystemEntry(
            stream: .dsr, type: SubjectErased.type, payload: EventCoding.encode(event),
            event: .subjectErased(event), subject: subject)
    }
}
