import ContactModel
import Foundation
import LedgerFormat
import Projections

/// An entry that the ledger writes in its own name: only to streams `key` and `segment`, no subject.
struct SystemEntry: Sendable {
    static let actor = "chancery-ledger"

    let stream: EntryStream
    let type: String
    let payload: Data
    let event: ProjectedEvent

    static func keyActivated(_ key: TrustedKey) throws -> SystemEntry {
        let event = KeyActivated(
            algorithm: key.algorithm.rawValue, fromSize: key.fromSize, keyId: key.keyID,
            name: key.name, publicKey: Data(key.publicKey), salt: Salt.random(),
            use: key.use.rawValue)
        return SystemEntry(
            stream: .key, type: KeyActivated.type, payload: EventCoding.encode(event),
            event: .other)
    }

    static func segmentSealed(_ segment: UInt64, manifest: Digest32) throws -> SystemEntry {
        let event = SegmentSealed(
            manifestHash: manifest.hex, salt: Salt.random(), segment: segment)
        return SystemEntry(
            stream: .segment, type: SegmentSealed.type, payload: EventCoding.encode(event),
            event: .segmentSealed(event))
    }
}
