import ContactModel
import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

/// A ledger of single entries: appends each to the tree of a keeper, in a group of its own, and gives its receipt.
final class SignedEntries {
    private var leaves: [Digest32] = []

    /// - Parameter before: of the subject's entry before it, which is its first; nil: this one is.
    func append(
        _ payload: Data, _ keeper: KeyCustodian, type: String, stream: EntryStream,
        subject: SubjectTag?, actor: String = "dpo-1", label: String = "s1/i1",
        behind before: UInt64? = nil
    ) async throws -> InclusionReceipt {
        let index = UInt64(leaves.count)
        let header = try EntryHeader(
            generation: 1, index: index,
            time: try #require(LedgerTime("2026-11-23T12:00:00.000000Z")),
            id: "019b76da-a800-7d59-8cd4-bf549b76b091", stream: stream, type: type,
            actor: actor, label: label, subject: subject,
            subjectVersion: subject == nil ? nil : before == nil ? 1 : 2, subjectPrevious: before,
            previous: index == 0 ? nil : .zero, payloadHash: PayloadCommitment.hash(payload)
        ).canonicalBytes()
        leaves.append(MerkleTree.leafHash(header))
        let note = try await keeper.treeSigner.extend(
            generation: 1, fromSize: index, leafHashes: leaves.suffix(1))
        let proof = try MerkleProof.inclusion(
            index: index, size: index + 1, reader: Nodes(leaves: leaves))
        return try InclusionReceipt(
            extra: header, index: index, hashes: proof, checkpoint: note)
    }

    private struct Nodes: TreeNodeReader {
        let leaves: [Digest32]

        func hashes(of nodes: [TreeNode]) -> [Digest32] {
            nodes.map { node in
                let width = 1 << Int(node.level)
                let start = Int(node.index) * width
                return MerkleTree.root(ofLeaves: leaves[start..<start + width])
            }
        }
    }
}
