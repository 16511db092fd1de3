import Foundation

/// Tests/Vectors/vectors.json, as make_vectors.py writes it.
struct Vectors: Decodable {
    struct Sample: Decodable {
        let bytes: Data
        let accept: Bool
        var leafHash: String?
        var payloadHash: String?

        var shown: String { String(decoding: bytes.prefix(200), as: UTF8.self) }
    }

    struct Text: Decodable {
        let text: String
        let accept: Bool
    }

    struct Inclusion: Decodable {
        let index: UInt64
        let size: UInt64
        let hashes: [String]
    }

    struct Consistency: Decodable {
        let from: UInt64
        let to: UInt64
        let hashes: [String]
    }

    struct Tree: Decodable {
        let roots: [String]
        let inclusion: [Inclusion]
        let consistency: [Consistency]
    }

    struct Head: Decodable {
        let tag: String
        let stream: String
        let lastIndex: UInt64
        let version: UInt64
    }

    struct Heads: Decodable {
        let root: String
        let heads: [Head]
    }

    struct Note: Decodable {
        let bytes: Data
        let accept: Bool
        let acceptForGroup: Bool

        var shown: String { String(decoding: bytes.prefix(200), as: UTF8.self) }
    }

    struct Notes: Decodable {
        let trust: String
        let cases: [Note]
    }

    struct Manifests: Decodable {
        let spki: String
        let cases: [Sample]
    }

    struct AttestedManifests: Decodable {
        let trust: String
        let cases: [Sample]
    }

    struct Receipts: Decodable {
        let trust: String
        let cases: [Sample]
    }

    let canonicalJSON: [Sample]
    let headers: [Sample]
    let labels: [Text]
    let times: [Text]
    let tree: Tree
    let subjectHeads: Heads
    let notes: Notes
    let manifests: Manifests
    let attestedManifests: AttestedManifests
    let receipts: Receipts
    let trustFiles: [Sample]

    static func load() throws -> Vectors {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Vectors/vectors.json")
        return try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: path))
    }
}
