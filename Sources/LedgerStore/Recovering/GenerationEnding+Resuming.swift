import ContactModel
import Foundation
import GRDB
import LedgerFormat
import Projections

extension GenerationEnding {
    /// Goes on in the same generation, where the keeper finds it shown that nothing signed is lost.
    ///
    /// - Returns: why not; nil: it does.
    func resume(
        _ directory: LedgerDirectory, _ state: State, _ identity: SignerIdentity, reason: String
    ) async throws -> String? {
        guard let end = try anchoredEnd(directory, state, from: identity) else {
            return "its last entry is not the anchor of a clean stop"
        }
        // As for an end: whatever becomes of the answer.
        try ProjectionStore.delete(path: configuration.projectionsPath)
        return try await ender.resume(
            at: end, manifest: try lastManifest(directory), notes: try openNotes(directory, state),
            keys: try announcedKeys(directory, of: identity.generation), reason: reason)
    }

    private func anchoredEnd(
        _ directory: LedgerDirectory, _ state: State, from identity: SignerIdentity
    ) throws -> AnchoredEnd? {
        guard !state.isSealed, state.size > state.firstIndex, state.signed == state.size,
            let last = directory.segments.last, identity.treeSize < state.size
        else { return nil }
        let index = state.size - 1
        let entry = try read(directory, last) { db in
            try Row.fetchOne(
                db, sql: "SELECT header, payload FROM entry WHERE idx = ?",
                arguments: [Int64(clamping: index)])
        }
        guard let entry, case let bytes = [UInt8](entry["header"] as Data),
            case let header = try EntryHeader(canonical: bytes),
            header.stream.rawValue == TPMAnchored.stream, header.type == TPMAnchored.type
        else { return nil }
        // What the proof needs, then where it is, then the proof.
        let nodes = NodesOfProof()
        _ = try MerkleProof.consistency(from: identity.treeSize, to: index, reader: nodes)
        let tree = try tree(directory, of: identity.generation, size: index, keeping: nodes)
        return AnchoredEnd(
            anchor: entry["payload"], subtrees: tree.hashes, leaf: MerkleTree.leafHash(bytes),
            consistency: try MerkleProof.consistency(
                from: identity.treeSize, to: index, reader: nodes))
    }

    /// Of the generation's first entries, all of which are read.
    func tree(
        _ directory: LedgerDirectory, of generation: UInt64, size: UInt64,
        keeping nodes: NodesOfProof = NodesOfProof()
    ) throws -> MerkleFrontier {
        var tree = MerkleFrontier()
        for number in directory.segments {
            tree = try read(directory, number) { [tree] db in
                var tree = tree
                let row = try SegmentContents.identity(db, number: number)
                guard row.generation == generation else { return tree }
                let headers = try Data.fetchCursor(
                    db, sql: "SELECT header FROM entry WHERE idx < ? ORDER BY idx",
                    arguments: [Int64(clamping: size)])
                while let header = try headers.next() {
                    tree.append(MerkleTree.leafHash([UInt8](header)), completed: nodes.take)
                }
                return tree
            }
        }
        return tree
    }

    /// Notes the nodes that it is asked for, and tells the hashes of those that it has seen since.
    final class NodesOfProof: TreeNodeReader {
        private var known: [TreeNode: Digest32?] = [:]

        func hashes(of nodes: [TreeNode]) -> [Digest32] {
            nodes.map { node in
                if let hash = known[node] ?? nil { return hash }
                known.updateValue(nil, forKey: node)
                return .zero
            }
        }

        func take(_ node: TreeNode, _ hash: Digest32) {
            if known.keys.contains(node) { known[node] = hash }
        }
    }
}
