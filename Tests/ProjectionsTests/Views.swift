import ContactModel
import Foundation
import LedgerFormat

@testable import Projections

/// A projection file of its own, and entries to put into it.
final class Views: Sendable {
    static let origin = "test.localhost/g1"
    let directory: String
    var path: String { directory + "/" + ProjectionStore.fileName }

    init() throws {
        directory =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("pv-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func open(origin: String = Views.origin) throws -> ProjectionStore {
        try ProjectionStore(path: path, origins: [origin]) { $1.map(Self.leaf) }
    }

    static func leaf(_ number: UInt64) -> Digest32 {
        MerkleTree.leafHash(Array("leaf \(number)".utf8))
    }

    static func audited(_ mutations: [AuditMutation]) -> ProjectedEvent {
        .audited(
            AuditEvent(
                action: "contact.create", category: .dataMutation, mutations: mutations,
                outcome: .allowed, principal: "test", purpose: nil, reason: nil, requestId: "r",
                resourceType: "contact", salt: Data(count: 16)))
    }

    /// An entry whose leaf hash is `leaf(index)`; projections take it from whoever computed it.
    static func entry(
        _ index: UInt64, stream: EntryStream = .contact, subject: SubjectTag? = nil,
        event: ProjectedEvent = .other, time: LedgerTime = .earliest
    ) -> ProjectedEntry {
        do {
            let header = try EntryHeader(
                generation: 1, index: index, time: time,
                id: UUIDv7.make(time: time, words: RandomPool.pair()),
                stream: stream, type: "Something", actor: "test", label: "s1/i1",
                subject: subject, subjectVersion: subject == nil ? nil : 1, subjectPrevious: nil,
                previous: index == 0 ? nil : leaf(index - 1), payloadHash: leaf(index))
            return ProjectedEntry(
                header: header, leafHash: leaf(index), event: event, side: nil)
        } catch {
            preconditionFailure("a header of ours is refused: \(error)")
        }
    }
}
