import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

@Suite struct ManifestSignerTests {
    /// A manifest over the sample leaves; whatever is not given is right.
    private func body(
        segment: UInt64 = 1, generation: UInt64 = 1, origin: String? = nil, first: UInt64 = 0,
        count: UInt64 = 4, root: Digest32? = nil, previous: Digest32? = nil,
        heads: Digest32 = .zero, fileHash: Digest32 = .zero, fileSize: UInt64 = 4_096,
        firstLeaf: Digest32? = nil, lastLeaf: Digest32? = nil,
        sealedAt: String = "2026-11-23T12:00:00.000000Z"
    ) throws -> [UInt8] {
        let leaves = try Sample.leaves(0..<Int(first + count))
        let body = try SegmentManifestBody(
            segment: segment, generation: generation,
            origin: origin ?? "chancery.test/g\(generation)",
            firstIndex: first, count: count, firstLeafHash: firstLeaf ?? leaves[Int(first)],
            lastLeafHash: lastLeaf ?? leaves[leaves.count - 1],
            root: root ?? MerkleTree.root(ofLeaves: leaves), subjectHeadsRoot: heads,
            fileHash: fileHash, fileSize: fileSize, previousManifestHash: previous,
            sealedAt: try #require(LedgerTime(sealedAt)))
        return body.canonicalBytes()
    }

    /// Signs, and gives the hash of the manifest file that comes of it.
    private func sealed(_ body: [UInt8], _ keeper: KeyCustodian) async throws -> Digest32 {
        try await keeper.manifestSigner.sign(body: body).hash
    }

    /// Where the seal counter stands in a manifest.
    private func counter(_ body: [UInt8], _ keeper: KeyCustodian) async throws -> UInt64 {
        try #require(try await keeper.manifestSigner.sign(body: body).attestation).counter
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
            let signature = try await keeper.manifestSigner.sign(body: body).signature
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
            let first = try await sealed(try body(), keeper)
            let wrong = [
                // a gap, an overlap, from the beginning again, and the same segment number
                try body(segment: 3, first: 4, count: 2, previous: first),
                try body(segment: 2, first: 3, count: 3, previous: first),
                try body(segment: 2, first: 0, count: 6, previous: first),
                try body(segment: 2, first: 6, count: 3, previous: first),
                try body(segment: 1, first: 4, count: 2),
                // right in all but the manifest before it
                try body(segment: 2, first: 4, count: 2, previous: .zero),
            ]
            for body in wrong {
                let error = await #expect(throws: KeyCustodyError.self) {
                    _ = try await keeper.manifestSigner.sign(body: body)
                }
                #expect(error?.code == .equivocation)
            }
            let second = try await sealed(
                try body(segment: 2, first: 4, count: 2, previous: first), keeper)
            // The one before the last is no predecessor either.
            await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.manifestSigner.sign(
                    body: try body(segment: 3, first: 6, count: 3, previous: first))
            }
            _ = try await sealed(
                try body(segment: 3, first: 6, count: 3, previous: second), keeper)
        }
    }

    @Test func theFirstManifestHasNoPredecessor() async throws {
        try await withSignedTree([4]) { _, keeper in
            // Not even readable as a manifest (FORMAT 5.3).
            #expect(throws: SegmentManifestError.self) { try body(previous: .zero) }
            _ = try await sealed(try body(), keeper)
        }
    }

    /// Only what making the file again changes may change.
    @Test func lastSegmentMayBeSealedAgainWithAnotherFileOnly() async throws {
        try await withSignedTree([4, 2]) { fixture, keeper in
            let first = try await sealed(try body(), keeper)
            let base = try body(segment: 2, first: 4, count: 2, previous: first)
            _ = try await sealed(base, keeper)
            let other = try #require(try Sample.leaves(77..<78).first)
            let refused = [
                try body(segment: 2, first: 4, count: 2, previous: .zero),
                try body(segment: 2, first: 4, count: 2, previous: first, heads: other),
                try body(segment: 2, first: 4, count: 2, previous: first, firstLeaf: other),
                try body(segment: 2, first: 4, count: 2, previous: first, lastLeaf: other),
                try body(segment: 2, first: 4, count: 2, root: other, previous: first),
                try body(segment: 2, first: 3, count: 3, previous: first),
                try body(segment: 2, first: 0, count: 6, previous: first),
            ]
            for body in refused {
                let error = await #expect(throws: KeyCustodyError.self) {
                    _ = try await keeper.manifestSigner.sign(body: body)
                }
                #expect(error?.code == .equivocation)
            }
            _ = try await sealed(
                try body(
                    segment: 2, first: 4, count: 2, previous: first, fileHash: other,
                    fileSize: 8_192, sealedAt: "2026-11-23T12:00:01.000000Z"), keeper)
        }
    }

    /// Once the next one is signed, the chain of hashes is fixed.
    @Test func anEarlierManifestIsSignedAgainOnlyByteForByte() async throws {
        try await withSignedTree([4, 2]) { _, keeper in
            let first = try await sealed(try body(), keeper)
            _ = try await sealed(
                try body(segment: 2, first: 4, count: 2, previous: first), keeper)
            _ = try await sealed(try body(), keeper)
            let late = await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.manifestSigner.sign(body: try body(fileSize: 8_192))
            }
            #expect(late?.code == .equivocation)
        }
    }

    /// The ledger asked twice: signatures are random, the file is the one that the next manifest will name.
    @Test func aBodySignedBeforeGetsTheSameFile() async throws {
        try await withSignedTree([4, 2]) { _, keeper in
            let first = try await sealed(try body(), keeper)
            #expect(try await sealed(try body(), keeper) == first)
            let second = try body(segment: 2, first: 4, count: 2, previous: first)
            _ = try await sealed(second, keeper)
            #expect(try await sealed(try body(), keeper) == first)
        }
    }

    // MARK: - The TPM's part

    @Test func theTPMAttestsEachSealAndItsCounterGoesUpByOne() async throws {
        try await withSignedTree([4, 2]) { _, keeper in
            let key = try #require(
                try await keeper.publicKeys().keys.first { $0.use == "attestation" })
            let first = try await keeper.manifestSigner.sign(body: try body())
            let next = try body(segment: 2, first: 4, count: 2, previous: first.hash)
            let second = try await keeper.manifestSigner.sign(body: next)
            for manifest in [first, second] {
                let attestation = try #require(manifest.attestation)
                #expect(attestation.keyID == key.keyID)
                #expect(attestation.counterName == key.sealCounter)
                try attestation.verifySignatures(spki: key.publicKey)
                try attestation.verifyStatements(of: manifest.body)
            }
            #expect(
                second.attestation?.counter == (first.attestation?.counter).map { $0 + 1 })
        }
    }

    @Test func anotherMakingOfTheLastFileDoesNotCount() async throws {
        try await withSignedTree([4]) { _, keeper in
            let before = try await counter(try body(), keeper)
            let again = try body(fileSize: 8_192)
            #expect(try await counter(again, keeper) == before)
        }
    }

    @Test func twoRequestsAtOnceCountOnce() async throws {
        try await withSignedTree([4, 2]) { _, keeper in
            let body = try body()
            async let one = keeper.manifestSigner.sign(body: body)
            async let two = keeper.manifestSigner.sign(body: body)
            let (first, second) = try await (one, two)
            #expect(first == second)
            let next = try self.body(segment: 2, first: 4, count: 2, previous: first.hash)
            let counted = try await counter(next, keeper)
            #expect(counted == (first.attestation?.counter).map { $0 + 1 })
        }
    }

    /// The keystore has its intention, the TPM has counted or not, the manifest was never recorded.
    @Test(arguments: [false, true])
    func aSealThatACrashInterruptedCountsOnce(hadCounted: Bool) async throws {
        let fixture = try await KeeperFixture.provisioned()
        let first = try await fixture.withKeeper { keeper in
            _ = try await keeper.treeSigner.extend(
                generation: 1, fromSize: 0, leafHashes: Sample.leaves(0..<4))
            let record = try await keeper.keystore.commit { db in
                var record = try CounterRecord.of(.seal, db, keeper.hierarchy.seal)
                record.move(to: record.intended + 1)
                try record.save(db, keeper.hierarchy.seal)
                return record
            }
            if hadCounted {
                _ = try await keeper.counters.advance(.seal, to: record.intended)
            }
            return record.first
        }
        try await fixture.withKeeper { keeper in
            let counted = try await counter(try body(), keeper)
            #expect(counted == first + 1)
        }
    }

    @Test func withTheTPMAwayNothingIsSealedAndLaterItIs() async throws {
        try await withSignedTree([4]) { fixture, keeper in
            fixture.tpm.stop()
            let error = await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.manifestSigner.sign(body: try body())
            }
            #expect(error?.code == .unavailable)
            #expect(error?.tpm != nil)
            // Checkpoints need no TPM.
            _ = try await keeper.treeSigner.resign(generation: 1, size: 4)
            try fixture.tpm.start()
            var sealed: SegmentManifest?
            for _ in 0..<3 where sealed == nil {
                // The first use finds the old connection broken.
                sealed = try? await keeper.manifestSigner.sign(body: try body())
            }
            #expect(sealed?.attestation != nil)
        }
    }

    @Test(arguments: [
        "UPDATE manifest SET file = x''", "UPDATE manifest SET counter = counter + 1",
        "UPDATE manifest SET segment = 2", "UPDATE manifest SET mac = zeroblob(32)",
    ])
    func anAlteredRecordOfAManifestIsRefused(sql: String) async throws {
        try await withSignedTree([4, 2]) { fixture, keeper in
            _ = try await sealed(try body(), keeper)
            try fixture.tamper(sql)
            let error = await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.manifestSigner.sign(
                    body: try body(segment: 2, first: 4, count: 2, previous: .zero))
            }
            #expect(error?.code == .corrupt)
        }
    }

    /// More boundaries than one transaction drops.
    @Test func allBoundariesBelowAManifestAreDropped() async throws {
        let count = CustodyLimits.maxPrunedPerCommit * 2 + 3
        try await withSignedTree([Int](repeating: 1, count: count)) { fixture, keeper in
            _ = try await sealed(try body(count: UInt64(count)), keeper)
            #expect(try fixture.rows("SELECT count(*) FROM signed") == 1)
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
