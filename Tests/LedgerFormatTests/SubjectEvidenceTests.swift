import Foundation
import LedgerFormat
import Testing

/// A history of several subjects, sealed after `sealedSize` entries, and what is given out of one of them.
private struct History {
    let headers: [EntryHeader]
    let heads: [SubjectHeads.Head]
    let sealedSize: UInt64
    private let leaves: [Digest32]

    /// Each subject: two entries in one stream, one in another, and an audit entry; and one entry behind the seal.
    init(subjects: Int) throws {
        var headers: [EntryHeader] = []
        var last: [String: EntryHeader] = [:]
        func append(_ subject: UInt8, _ stream: EntryStream) throws {
            let key = "\(subject) \(stream.rawValue)"
            let header = try EntryHeader(
                generation: 1, index: UInt64(headers.count), time: Fixtures.time(),
                id: Fixtures.id, stream: stream, type: "T", actor: "a", label: "s1/i1",
                subject: Fixtures.tag(subject),
                subjectVersion: (last[key]?.subjectVersion ?? 0) + 1,
                subjectPrevious: last[key]?.index,
                previous: headers.last.map { MerkleTree.leafHash($0.canonicalBytes()) },
                payloadHash: PayloadCommitment.hash(Self.payload(headers.count)))
            last[key] = header
            headers.append(header)
        }
        for stream in [EntryStream.contact, .consent, .audit, .contact] {
            for subject in 0..<subjects { try append(UInt8(subject) * 2 + 1, stream) }
        }
        sealedSize = UInt64(headers.count)
        heads = last.values.compactMap { header in
            header.subject.map {
                SubjectHeads.Head(
                    tag: $0, stream: header.stream, lastIndex: header.index,
                    version: header.subjectVersion ?? 0)
            }
        }.sorted { $0.precedes($1) }
        for subject in 0..<subjects { try append(UInt8(subject) * 2 + 1, .contact) }
        self.headers = headers
        leaves = heads.map(\.leafHash)
    }

    static func payload(_ index: Int) -> Data { Data("{\"n\":\(index)}".utf8) }

    func manifest() throws -> SegmentManifestBody {
        try SegmentManifestBody(
            segment: 1, generation: 1, origin: Fixtures.origin, firstIndex: 0, count: sealedSize,
            firstLeafHash: .zero, lastLeafHash: .zero, root: .zero,
            subjectHeadsRoot: SubjectHeads.root(sorted: heads), fileHash: .zero, fileSize: 1,
            previousManifestHash: nil, sealedAt: Fixtures.time())
    }

    func entries(of subject: SubjectTag) -> [SubjectEvidence.Entry] {
        headers.filter { $0.subject == subject && $0.stream != .audit }.map { header in
            SubjectEvidence.Entry(
                header: Data(header.canonicalBytes()), payload: Self.payload(Int(header.index)),
                receipt: Data("receipt".utf8))
        }
    }

    func leaf(_ place: Int) -> SubjectHeadsProof.Leaf {
        SubjectHeadsProof.Leaf(
            place: UInt64(place), head: heads[place], proof: path(place, 0..<leaves.count))
    }

    func proof(of subject: SubjectTag) -> SubjectHeadsProof {
        let mine = heads.indices.filter { heads[$0].tag == subject }
        let first = max(0, (mine.first ?? 0) - 1)
        let last = min(heads.count - 1, (mine.last ?? 0) + 1)
        return SubjectHeadsProof(
            manifest: Data(), count: UInt64(heads.count), leaves: (first...last).map(leaf))
    }

    /// RFC 6962 section 2.1.1, word for word.
    private func path(_ index: Int, _ range: Range<Int>) -> [Digest32] {
        guard range.count > 1 else { return [] }
        var power = 1
        while power * 2 < range.count { power *= 2 }
        let middle = range.lowerBound + power
        return index < middle
            ? path(index, range.lowerBound..<middle)
                + [MerkleTree.root(ofLeaves: leaves[middle..<range.upperBound])]
            : path(index, middle..<range.upperBound)
                + [MerkleTree.root(ofLeaves: leaves[range.lowerBound..<middle])]
    }
}

@Suite struct SubjectEvidenceTests {
    private func refusal(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? SubjectEvidenceError)?.code ?? "\(error)"
        }
    }

    @Test(arguments: 1...9)
    func allOfASubjectIsAccepted(subjects: Int) throws {
        let history = try History(subjects: subjects)
        for number in 0..<subjects {
            let subject = try Fixtures.tag(UInt8(number) * 2 + 1)
            let chain = try SubjectChain(history.entries(of: subject), of: subject)
            #expect(chain.headers.count == 4)
            let audits = try chain.check(
                history.proof(of: subject), manifest: history.manifest(), of: subject)
            #expect(audits == 1)
        }
        // Of one who is not there nothing was sealed: neighbours on both sides, and no entry.
        for number in 0...subjects {
            let nobody = try Fixtures.tag(UInt8(number) * 2)
            let next = history.heads.firstIndex { nobody < $0.tag } ?? history.heads.count
            let leaves = (max(0, next - 1)..<min(history.heads.count, next + 1)).map(history.leaf)
            let proof = SubjectHeadsProof(
                manifest: Data(), count: UInt64(history.heads.count), leaves: leaves)
            let chain = try SubjectChain([], of: nobody)
            #expect(try chain.check(proof, manifest: history.manifest(), of: nobody) == 0)
        }
    }

    @Test func aDroppedEntryIsFound() throws {
        let history = try History(subjects: 3)
        let subject = try Fixtures.tag(3)
        let entries = history.entries(of: subject)
        for dropped in entries.indices {
            var rest = entries
            rest.remove(at: dropped)
            let found = refusal {
                let chain = try SubjectChain(rest, of: subject)
                _ = try chain.check(
                    history.proof(of: subject), manifest: history.manifest(), of: subject)
            }
            // The newest is behind the seal: nobody has vouched for it yet.
            let isBehind = dropped == entries.count - 1
            // The only one of its stream, or a link of a chain.
            let expected = dropped == 1 ? "subject-missing" : "subject-chain"
            #expect(found == (isBehind ? nil : expected), "\(dropped)")
        }
        // Both at the end, so that the chain shows nothing.
        let short = try SubjectChain([entries[0], entries[1]], of: subject)
        #expect(
            refusal {
                _ = try short.check(
                    history.proof(of: subject), manifest: history.manifest(), of: subject)
            } == "subject-missing")
    }

    @Test func whatIsNotTheSubjectsOrWasAlteredIsFound() throws {
        let history = try History(subjects: 3)
        let subject = try Fixtures.tag(3)
        let entries = history.entries(of: subject)
        let foreign = try history.entries(of: Fixtures.tag(5))
        func chain(_ entries: [SubjectEvidence.Entry]) -> String? {
            refusal { _ = try SubjectChain(entries, of: subject) }
        }
        #expect(chain(entries) == nil)
        #expect(chain(entries + foreign) == "subject-chain")
        #expect(chain(entries.reversed()) == "subject-chain")
        #expect(chain([entries[0]] + entries) == "subject-chain")
        let audit = try #require(
            history.headers.first { $0.subject == subject && $0.stream == .audit })
        let shown = SubjectEvidence.Entry(
            header: Data(audit.canonicalBytes()), payload: History.payload(Int(audit.index)),
            receipt: Data())
        #expect(chain([entries[0], shown]) == "subject-chain")
        for place in entries.indices {
            var changed = entries
            changed[place] = SubjectEvidence.Entry(
                header: entries[place].header, payload: Data("{}".utf8), receipt: Data())
            #expect(chain(changed) == "subject-entry")
            changed[place] = SubjectEvidence.Entry(
                header: entries[place].header + Data(" ".utf8), payload: entries[place].payload,
                receipt: Data())
            #expect(chain(changed) == "subject-entry")
        }
    }

    @Test func everyWayToHideAHeadIsFound() throws {
        let history = try History(subjects: 4)
        let subject = try Fixtures.tag(3)
        let entries = history.entries(of: subject)
        let chain = try SubjectChain(entries, of: subject)
        let proof = history.proof(of: subject)
        func check(
            _ leaves: [SubjectHeadsProof.Leaf], count: UInt64? = nil,
            _ chain: SubjectChain = chain
        ) -> String? {
            refusal {
                let claimed = SubjectHeadsProof(
                    manifest: Data(), count: count ?? proof.count, leaves: leaves)
                _ = try chain.check(claimed, manifest: history.manifest(), of: subject)
            }
        }
        #expect(check(proof.leaves) == nil)
        for dropped in proof.leaves.indices {
            var leaves = proof.leaves
            leaves.remove(at: dropped)
            #expect(check(leaves) == "subject-heads", "\(dropped)")
        }
        #expect(check([]) == "subject-heads")
        // A stream's head left out, and its entries with it: what is beside it must show.
        let consentless = try SubjectChain(
            entries.filter { try EntryHeader(canonical: $0.header).stream != .consent },
            of: subject)
        for place in proof.leaves.indices where proof.leaves[place].head.stream == .consent {
            var leaves = proof.leaves
            let hidden = leaves.remove(at: place)
            for place in leaves.indices where leaves[place].place > hidden.place {
                leaves[place] = SubjectHeadsProof.Leaf(
                    place: leaves[place].place - 1, head: leaves[place].head,
                    proof: leaves[place].proof)
            }
            for count in 1...20 as ClosedRange<UInt64> {
                #expect(check(leaves, count: count, consentless) == "subject-heads")
            }
        }
        for place in proof.leaves.indices {
            var leaves = proof.leaves
            let leaf = leaves[place]
            leaves[place] = SubjectHeadsProof.Leaf(
                place: leaf.place,
                head: SubjectHeads.Head(
                    tag: leaf.head.tag, stream: leaf.head.stream, lastIndex: leaf.head.lastIndex,
                    version: leaf.head.version + 1), proof: leaf.proof)
            #expect(check(leaves) == "subject-heads")
        }
    }

    /// Places and number are the giver's word: whatever is claimed, no two leaves pass as neighbours that are none, no leaf as the first
    /// or the last that is not.
    @Test func noClaimedPlacesMakeNeighbours() throws {
        for subjects in 1...3 {
            let history = try History(subjects: subjects)
            let size = history.heads.count
            let root = try SubjectHeads.root(sorted: history.heads)
            func accepts(_ leaf: Int, at place: UInt64, of count: UInt64) -> Bool {
                (try? MerkleProof.verifyInclusion(
                    leaf: history.heads[leaf].leafHash, index: place, size: count,
                    proof: history.leaf(leaf).proof, root: root)) != nil
            }
            for count in 1...24 as ClosedRange<UInt64> {
                for place in 0..<count {
                    for left in 0..<size where accepts(left, at: place, of: count) {
                        if place == 0 { #expect(left == 0) }
                        if place == count - 1 { #expect(left == size - 1) }
                        for right in 0..<size
                        where place + 1 < count && accepts(right, at: place + 1, of: count) {
                            #expect(right == left + 1, "\(left) \(right) at \(place) of \(count)")
                        }
                    }
                }
            }
        }
    }

    @Test func theDocumentIsReadAsItWasWritten() throws {
        let history = try History(subjects: 3)
        let subject = try Fixtures.tag(3)
        let evidence = SubjectEvidence(
            subject: subject, entries: history.entries(of: subject),
            heads: history.proof(of: subject),
            attributedData: [
                .init(provenanceID: "p", salt: Data(count: 16), data: Data("{}".utf8))
            ])
        let bytes = try evidence.bytes(checks: .object([]))
        #expect(try SubjectEvidence(parsing: bytes) == evidence)
        let unsealed = SubjectEvidence(
            subject: subject, entries: [], heads: nil, attributedData: [])
        #expect(try SubjectEvidence(parsing: unsealed.bytes(checks: .null)) == unsealed)
        for cut in stride(from: 0, to: bytes.count, by: 97) {
            #expect(
                refusal { _ = try SubjectEvidence(parsing: Array(bytes.prefix(cut))) }
                    == "subject-malformed")
        }
        for (part, other) in [
            ("chancery-subject/1", "chancery-subject/2"), ("\"heads\"", "\"heada\""),
            ("\"place\":2", "\"place\":-2"), ("\"stream\":\"contact\"", "\"stream\":\"contac\""),
        ] {
            let text = String(decoding: bytes, as: UTF8.self)
            let changed = text.replacingOccurrences(of: part, with: other)
            #expect(changed != text, "\(part)")
            #expect(
                refusal { _ = try SubjectEvidence(parsing: Array(changed.utf8)) }
                    == "subject-malformed", "\(part)")
        }
    }

    /// FORMAT 9.9, computed by hand: printf 'chancery/attributed-data/v1\n' and 16 bytes of zero and `{}` through sha256sum.
    @Test func attributedDataIsHeldAgainstItsRecord() throws {
        let data = Data("{\"attributes\":[]}".utf8)
        let hash = try #require(AttributedDataCommitment.hash(salt: Data(count: 16), data))
        #expect(AttributedDataCommitment.hash(salt: Data(count: 15), data) == nil)
        let payload = Data(#"{"attributedDataHash":"\#(hash.hex)","provenanceId":"p"}"#.utf8)
        let header = try EntryHeader(
            generation: 1, index: 0, time: Fixtures.time(), id: Fixtures.id, stream: .provenance,
            type: "ProvenanceRecorded", actor: "a", label: "s1/i1", subject: Fixtures.tag(1),
            subjectVersion: 1, subjectPrevious: nil, previous: nil,
            payloadHash: PayloadCommitment.hash(payload))
        func checked(_ id: String, _ salt: Data, _ data: Data) throws -> Int {
            try SubjectEvidence(
                subject: Fixtures.tag(1),
                entries: [
                    .init(header: Data(header.canonicalBytes()), payload: payload, receipt: Data())
                ], heads: nil, attributedData: [.init(provenanceID: id, salt: salt, data: data)]
            ).checkAttributedData()
        }
        #expect(try checked("p", Data(count: 16), data) == 1)
        for (id, salt, data) in [
            ("q", Data(count: 16), data), ("p", Data(repeating: 1, count: 16), data),
            ("p", Data(count: 16), data + data), ("p", Data(), data),
        ] {
            #expect(refusal { _ = try checked(id, salt, data) } == "subject-data")
        }
    }
}
