import ContactModel
import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

/// A ledger of `ErasureOrdered` entries: appends them to the tree of a keeper and gives their receipts.
final class ErasureOrders {
    private var leaves: [Digest32] = []

    /// One entry, in a group of its own.
    func order(
        _ tag: SubjectTag, _ keeper: KeyCustodian, type: String = ErasureOrdered.type,
        stream: EntryStream = .dsr, actor: String = "dpo-1", ticket: Data? = nil
    ) async throws -> ErasureOrder {
        let ticket =
            ticket ?? Data(keeper.erasureAuthorizer.ticket(for: tag, actor: "dpo-1"))
        let payload = EventCoding.encode(
            ErasureOrdered(
                requestId: "r", salt: Data(repeating: 7, count: 16),
                ticket: ticket.isEmpty ? nil : ticket))
        let (_, receipt) = try await append(
            tag, payload, keeper, type: type, stream: stream, actor: actor)
        return ErasureOrder(receipt: receipt, payload: payload)
    }

    /// What the ledger says once the keeper has done it, behind an order.
    func erased(
        _ tag: SubjectTag, _ epochs: ErasureEpochs, of order: ErasureOrder,
        _ keeper: KeyCustodian
    ) async throws -> SubjectEvidence.Entry {
        let payload = EventCoding.encode(
            SubjectErased(
                epochAfter: epochs.after, epochBefore: epochs.before, ordered: order.receipt.index,
                salt: Data(repeating: 7, count: 16)))
        let (header, receipt) = try await append(
            tag, payload, keeper, type: SubjectErased.type, stream: .dsr, actor: "chancery-ledger",
            behind: order.receipt.index)
        return SubjectEvidence.Entry(
            header: Data(header), payload: payload, receipt: Data(receipt.bytes))
    }

    /// - Parameter before: of the subject's entry before it, which is its first.
    private func append(
        _ tag: SubjectTag, _ payload: Data, _ keeper: KeyCustodian, type: String,
        stream: EntryStream, actor: String, behind before: UInt64? = nil
    ) async throws -> (header: [UInt8], receipt: InclusionReceipt) {
        let index = UInt64(leaves.count)
        let header = try EntryHeader(
            generation: 1, index: index,
            time: try #require(LedgerTime("2026-11-23T12:00:00.000000Z")),
            id: "019b76da-a800-7d59-8cd4-bf549b76b091", stream: stream, type: type,
            actor: actor, label: "s1/i1", subject: tag, subjectVersion: before == nil ? 1 : 2,
            subjectPrevious: before, previous: index == 0 ? nil : .zero,
            payloadHash: PayloadCommitment.hash(payload)
        ).canonicalBytes()
        leaves.append(MerkleTree.leafHash(header))
        let note = try await keeper.treeSigner.extend(
            generation: 1, fromSize: index, leafHashes: leaves.suffix(1))
        let proof = try MerkleProof.inclusion(
            index: index, size: index + 1, reader: Nodes(leaves: leaves))
        let receipt = try InclusionReceipt(
            extra: header, index: index, hashes: proof, checkpoint: note)
        return (header, receipt)
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

extension ErasureOrder {
    var entry: SubjectEvidence.Entry {
        SubjectEvidence.Entry(
            header: Data(receipt.extra ?? []), payload: payload, receipt: Data(receipt.bytes))
    }
}
