import Foundation
import LedgerFormat
import Testing

/// The public vectors of transparency-dev/merkle. They are not part of the project: the suite runs where
/// the folder stands beside the package and says so where it does not.
@Suite(
    .enabled(if: VectorFolder.isPresent, "no folder ../shared/vectors/merkle beside the package"))
struct MerkleVectorTests {
    struct Inclusion: Decodable {
        let leafIdx: UInt64
        let treeSize: UInt64
        let root: String?
        let leafHash: String?
        let proof: [String]?
        let wantErr: Bool
    }

    struct Consistency: Decodable {
        let size1: UInt64
        let size2: UInt64
        let root1: String?
        let root2: String?
        let proof: [String]?
        let wantErr: Bool
    }

    @Test func inclusionVectors() throws {
        let cases = try VectorFolder.cases("inclusion", as: Inclusion.self)
        #expect(cases.count > 90)
        for (name, vector) in cases {
            // A hash of another length is refused by type, before any proof is looked at.
            let accepted: Bool
            if let leaf = Digest32(base64: vector.leafHash ?? ""),
                let root = Digest32(base64: vector.root ?? ""),
                let proof = VectorFolder.digests(vector.proof)
            {
                accepted =
                    (try? MerkleProof.verifyInclusion(
                        leaf: leaf, index: vector.leafIdx, size: vector.treeSize, proof: proof,
                        root: root)) != nil
            } else {
                accepted = false
            }
            #expect(accepted == !vector.wantErr, "\(name)")
        }
    }

    @Test func consistencyVectors() throws {
        let cases = try VectorFolder.cases("consistency", as: Consistency.self)
        #expect(cases.count > 90)
        for (name, vector) in cases {
            if name.hasSuffix("sizes-are-equal-one-and-proof-is-empty.json") {
                // Valid there, with roots that are no hashes: here such a root cannot exist.
                #expect(!vector.wantErr)
                #expect(Digest32(base64: vector.root1 ?? "") == nil)
                continue
            }
            let accepted: Bool
            if let old = Digest32(base64: vector.root1 ?? ""),
                let new = Digest32(base64: vector.root2 ?? ""),
                let proof = VectorFolder.digests(vector.proof)
            {
                accepted =
                    (try? MerkleProof.verifyConsistency(
                        from: vector.size1, to: vector.size2, proof: proof, fromRoot: old,
                        toRoot: new)) != nil
            } else {
                accepted = false
            }
            if vector.size1 == 0, vector.size2 == 0 || vector.proof?.isEmpty != false {
                // The suite refuses consistency from size 0 always; we accept it with the empty root and
                // an empty proof (tlog-witness). Its cases have other roots or a proof, so are refused too.
                #expect(vector.wantErr)
                #expect(!accepted, "\(name)")
                continue
            }
            #expect(accepted == !vector.wantErr, "\(name)")
        }
    }
}

enum VectorFolder {
    static let url = URL(filePath: #filePath).appending(path: "../../../../shared/vectors/merkle")
        .standardizedFileURL

    static let isPresent = FileManager.default.fileExists(atPath: url.path)

    static func cases<Case: Decodable>(_ kind: String, as: Case.Type) throws -> [(String, Case)] {
        let folder = url.appending(path: kind)
        let names = try #require(
            FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String])
        return try names.filter { $0.hasSuffix(".json") }.sorted().map { name in
            let data = try Data(contentsOf: folder.appending(path: name))
            return (name, try JSONDecoder().decode(Case.self, from: data))
        }
    }

    static func digests(_ texts: [String]?) -> [Digest32]? {
        let texts = texts ?? []
        let digests = texts.compactMap { Digest32(base64: $0) }
        return digests.count == texts.count ? digests : nil
    }
}
