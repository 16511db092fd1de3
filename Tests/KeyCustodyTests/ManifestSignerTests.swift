import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

@Suite struct ManifestSignerTests {
    /// A manifest over the sample leaves; whatever is not given is right.
    private func body(
        segment: UInt64 = 1, generation: UInt64 = 1, origin: String? = nil, first: UInt64 = 0,
        count: UInt64 = 4, root: Digest32? = nil, previous: Digest32? = nil,
        fileSize: UInt64 = 4_096
    ) throws -> [UInt8] {
        let leaves = try Sample.leaves(0..<Int(first + count))
        let body = try SegmentManifestBody(
            segment: segment, generation: generation,
            origin: origin ?? "chancery.test/g\(generation)",
            firstIndex: first, count: count, firstLeafHash: leaves[Int(first)],
            lastLeafHash: leaves[leaves.count - 1],
            root: root ?? MerkleTree.root(ofLeaves: leaves), subjectHeadsRoot: .zero,
            fileHash: .zero, fileSize: fileSize, previousManifestHash: previous,
            sealedAt: try #require(LedgerTime("2026-11-23T12:00:00.000000Z")))
        return body.canonicalBytes()
    }

    private func withSignedTree(
        _ groups: [Int], _ test: (KeeperFixture, KeyCustodian) async throws -> Void
    ) async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            var size = 0
            for group in groups {
                _ = try await keeper.treeSigner.extend(
                    generation: 1, fromSize: UInt64(size),
                    leafHashes: Sample.leaves(size..<size + group))
                size += group
            }
            try await test(fixture, keeper)
        }
    }

    @Test func signatureVerifiesUnderTheAnnouncedKey() async throws {
        try await withSignedTree([4]) { _, keeper in
            let body = try body()
            let signature = try await keeper.manifestSigner.sign(body: body)
            let key = try #require(
                try await keeper.publicKeys().keys.first { $0.use == "segment-manifest" })
            #expect(key.name == "KEK-AUDIT")
            #expect(signature.keyID == key.keyID)
            #expect(signature.algorithm == "RSASSA-PSS-4096-SHA256")
            #expect(
                RSAPSS.verify(
                    signature: signature.value,
                    message: SegmentManifestBody.signingInput(canonical: body), spki: key.publicKey)
            )
        }
    }

    @Test func rootNeverSignedIsRefused() async throws {
        try await withSignedTree([4, 2]) { _, keeper in
            let wrong = [
                try body(root: .zero),  // another root at a signed size
                try body(count: 5),  // a size that was no boundary
                try body(count: 7),  // a size not reached
            ]
            for body in wrong {
                let error = await #expect(throws: KeyCustodyError.self) {
                    _ = try await keeper.manifestSigner.sign(body: body)
                }
                #expect(error?.code == .equivocation)
            }
        }
    }

    @Test func otherOriginsAndGenerationsAreRefused() async throws {
        try await withSignedTree([4]) { _, keeper in
            for body in [try body(generation: 2), try body(origin: "other.test/g1")] {
                let error = await #expect(throws: KeyCustodyError.self) {
                    _ = try await keeper.manifestSigner.sign(body: body)
                }
                #expect(error?.code == .invalid)
            }
        }
    }

    @Test func bodiesThatAreNotCanonicalAreRefused() async throws {
        try await withSignedTree([4]) { _, keeper in
            let good = try body()
            for bad in [[], Array("{}".utf8), good + [0x0A], [0x20] + good, Array(good.dropLast())]
            {
                let error = await #expect(throws: KeyCustodyError.self) {
                    _ = try await keeper.manifestSigner.sign(body: bad)
                }
                #expect(error?.code == .invalid)
            }
        }
    }

    @Test func segmentsFollowEachOther() async throws {
        try await withSignedTree([4, 2, 3]) { _, keeper in
            let signer = keeper.manifestSigner
            _ = try await signer.sign(body: try body())
            let wrong = [
                try body(segment: 3, first: 4, count: 2, previous: .zero),
                try body(segment: 2, first: 3, count: 3, previous: .zero),
                try body(segment: 2, first: 0, count: 6, previous: .zero),
            ]
            for body in wrong {
                let error = await #expect(throws: KeyCustodyError.self) {
                    _ = try await signer.sign(body: body)
                }
                #expect(error?.code == .equivocation)
            }
            _ = try await signer.sign(
                body: try body(segment: 2, first: 4, count: 2, previous: .zero))
            _ = try await signer.sign(
                body: try body(segment: 3, first: 6, count: 3, previous: .zero))
        }
    }

    @Test func lastSegmentMayBeSealedAgainWithTheSameTreeOnly() async throws {
        try await withSignedTree([4, 2]) { _, keeper in
            let signer = keeper.manifestSigner
            _ = try await signer.sign(body: try body())
            _ = try await signer.sign(body: try body(fileSize: 8_192))
            let other = await #expect(throws: KeyCustodyError.self) {
                _ = try await signer.sign(body: try body(count: 6))
            }
            #expect(other?.code == .equivocation)
            // Once the next one is signed, the hash chain is fixed.
            _ = try await signer.sign(
                body: try body(segment: 2, first: 4, count: 2, previous: .zero))
            _ = try await signer.sign(body: try body(fileSize: 8_192))
            let late = await #expect(throws: KeyCustodyError.self) {
                _ = try await signer.sign(body: try body())
            }
            #expect(late?.code == .equivocation)
        }
    }

    @Test func boundariesFromTheLastManifestOnAreKept() async throws {
        try await withSignedTree([2, 2, 2]) { fixture, keeper in
            _ = try await keeper.manifestSigner.sign(body: try body())
            for size in [UInt64(4), 6] {
                _ = try await keeper.treeSigner.resign(generation: 1, size: size)
            }
            await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.treeSigner.resign(generation: 1, size: 2)
            }
        }
    }
}
