import Foundation
import LedgerFormat
import Testing

@testable import LedgerVerification

/// Tests/Vectors/vectors.json was written by Python from FORMAT.md alone: Swift must come to every verdict in it.
struct PythonVectorTests {
    private static let vectors = Result { try Vectors.load() }

    @Test func canonicalJSON() throws {
        for (position, sample) in try Self.vectors.get().canonicalJSON.enumerated() {
            let value = try? CanonicalJSON.read(sample.bytes)
            #expect((value != nil) == sample.accept, "case \(position): \(sample.shown)")
            if let value { #expect(try CanonicalJSON.write(value) == Array(sample.bytes)) }
        }
    }

    @Test func headers() throws {
        for (position, sample) in try Self.vectors.get().headers.enumerated() {
            let header = try? EntryHeader(canonical: sample.bytes)
            #expect((header != nil) == sample.accept, "case \(position): \(sample.shown)")
            guard let header else { continue }
            #expect(header.canonicalBytes() == Array(sample.bytes))
            #expect(MerkleTree.leafHash(sample.bytes).hex == sample.leafHash)
            #expect(header.payloadHash.hex == sample.payloadHash)
        }
    }

    @Test func labelsAndTimes() throws {
        for sample in try Self.vectors.get().labels {
            #expect(LabelSyntax.isValid(sample.text) == sample.accept, "\(sample.text)")
        }
        for sample in try Self.vectors.get().times {
            let time = LedgerTime(sample.text)
            #expect((time != nil) == sample.accept, "\(sample.text)")
            if let time { #expect(time.text == sample.text) }
        }
    }

    @Test func treesAndProofs() throws {
        let tree = try Self.vectors.get().tree
        let leaves = (0..<tree.roots.count - 1).map { MerkleTree.leafHash(Array("\($0)".utf8)) }
        let roots = try tree.roots.map { try #require(Digest32(hex: $0)) }
        for (size, root) in roots.enumerated() {
            #expect(MerkleTree.root(ofLeaves: leaves.prefix(size)) == root, "size \(size)")
        }
        let nodes = ReceiptVerifierTests.Leaves(leaves: leaves)
        for sample in tree.inclusion {
            let hashes = try sample.hashes.map { try #require(Digest32(hex: $0)) }
            #expect(
                try MerkleProof.inclusion(index: sample.index, size: sample.size, reader: nodes)
                    == hashes)
            try MerkleProof.verifyInclusion(
                leaf: leaves[Int(sample.index)], index: sample.index, size: sample.size,
                proof: hashes, root: roots[Int(sample.size)])
        }
        for sample in tree.consistency {
            let hashes = try sample.hashes.map { try #require(Digest32(hex: $0)) }
            #expect(
                try MerkleProof.consistency(from: sample.from, to: sample.to, reader: nodes)
                    == hashes)
            try MerkleProof.verifyConsistency(
                from: sample.from, to: sample.to, proof: hashes,
                fromRoot: roots[Int(sample.from)], toRoot: roots[Int(sample.to)])
        }
        #expect(tree.inclusion.count > 20 && tree.consistency.count > 20)
    }

    @Test func subjectHeads() async throws {
        let vector = try Self.vectors.get().subjectHeads
        let heads = try vector.heads.map {
            SubjectHeads.Head(
                tag: try #require(SubjectTag(hex: $0.tag)),
                stream: try #require(EntryStream(rawValue: $0.stream)), lastIndex: $0.lastIndex,
                version: $0.version)
        }
        #expect(await SubjectHeadTable(heads).root().hex == vector.root)
        let sorted = heads.sorted { $0.precedes($1) }
        #expect(try SubjectHeads.root(sorted: sorted).hex == vector.root)
    }

    @Test func notes() throws {
        let vector = try Self.vectors.get().notes
        let trust = try TrustFile(parsing: Array(vector.trust.utf8))
        let authority = try CheckpointAuthority(
            origin: trust.generations[0].origin, trusted: trust.generations[0])
        for (position, sample) in vector.cases.enumerated() {
            for (kind, accept) in [
                (CheckpointJob.Kind.published, sample.accept), (.group, sample.acceptForGroup),
            ] {
                let checkpoint = try? authority.open(Array(sample.bytes), kind: kind)
                #expect((checkpoint != nil) == accept, "case \(position): \(sample.shown)")
                guard let checkpoint else { continue }
                // The short way for the checkpoints of commit groups comes to the same end.
                let job = CheckpointJob(
                    kind: kind, size: checkpoint.size, note: Array(sample.bytes),
                    root: checkpoint.root, index: nil, from: nil)
                #expect(authority.check(job) == nil)
            }
        }
    }

    @Test func manifests() throws {
        let vector = try Self.vectors.get().manifests
        let spki = try #require(StrictBase64.decode(vector.spki))
        for (position, sample) in vector.cases.enumerated() {
            var accept = false
            if let manifest = try? SegmentManifest(parsing: sample.bytes) {
                accept = (try? manifest.verifySignature(spki: spki)) != nil
                #expect(manifest.fileBytes() == Array(sample.bytes))
            }
            // Whether the generation is one of the trust file's is the ledger verifier's to say.
            #expect(accept == sample.accept, "case \(position): \(sample.shown)")
        }
    }

    @Test func attestedManifests() throws {
        let vector = try Self.vectors.get().attestedManifests
        let keys = try TrustFile(parsing: Array(vector.trust.utf8)).generations[0].keys
        let manifestKey = try #require(keys.first { $0.use == .segmentManifest })
        let key = try #require(keys.first { $0.use == .attestation })
        for (position, sample) in vector.cases.enumerated() {
            let manifest = try? SegmentManifest(parsing: sample.bytes)
            var accept = false
            if let manifest, let attestation = manifest.attestation {
                #expect(manifest.fileBytes() == Array(sample.bytes))
                accept =
                    (try? manifest.verifySignature(spki: manifestKey.publicKey)) != nil
                    && (try? attestation.verifyStatements(of: manifest.body)) != nil
                    && (try? attestation.verifySignatures(spki: key.publicKey)) != nil
                    && attestation.counterName == key.sealCounter
            }
            #expect(accept == sample.accept, "case \(position): \(sample.shown)")
        }
        #expect(vector.cases.count > 300)
    }

    @Test func receipts() throws {
        let vector = try Self.vectors.get().receipts
        let verifier = ReceiptVerifier(trust: try TrustFile(parsing: Array(vector.trust.utf8)))
        for (position, sample) in vector.cases.enumerated() {
            let receipt = try? verifier.verify(bytes: Array(sample.bytes))
            // A flipped bit may leave a proof without its header, of which Python asks for the header.
            #expect((receipt?.leaf != nil) == sample.accept, "case \(position): \(sample.shown)")
        }
    }

    @Test func trustFiles() throws {
        for (position, sample) in try Self.vectors.get().trustFiles.enumerated() {
            let file = try? TrustFile(parsing: sample.bytes)
            #expect((file != nil) == sample.accept, "case \(position): \(sample.shown)")
        }
    }
}
