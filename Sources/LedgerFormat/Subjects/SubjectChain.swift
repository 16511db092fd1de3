import FoundationEssentials

/// Entries of one subject that follow each other without a gap, from the first of each stream and generation on: checked by making one.
public struct SubjectChain: Sendable {
    /// Of the entries, in their order.
    public let headers: [EntryHeader]

    /// - Throws: `SubjectEvidenceError.entry`, `.chain`
    public init(
        _ entries: [SubjectEvidence.Entry], of subject: SubjectTag
    ) throws(SubjectEvidenceError) {
        var headers: [EntryHeader] = []
        var last: [Key: EntryHeader] = [:]
        for (place, entry) in entries.enumerated() {
            let header = try Self.header(entry, place)
            guard header.subject == subject, header.stream != .audit else {
                throw .chain(place, "it is no entry of this subject's history")
            }
            if let before = headers.last {
                guard
                    (before.generation, before.index) < (header.generation, header.index)
                else { throw .chain(place, "it does not come after the one before") }
            }
            let key = Key(generation: header.generation, stream: header.stream)
            guard header.subjectVersion == (last[key]?.subjectVersion ?? 0) + 1,
                header.subjectPrevious == last[key]?.index
            else {
                throw .chain(
                    place,
                    "it does not follow the one before it in stream \(header.stream.rawValue); one is missing"
                )
            }
            last[key] = header
            headers.append(header)
        }
        self.headers = headers
    }

    private struct Key: Hashable {
        let generation: UInt64
        let stream: EntryStream
    }

    private static func header(
        _ entry: SubjectEvidence.Entry, _ place: Int
    ) throws(SubjectEvidenceError) -> EntryHeader {
        let header: EntryHeader
        do throws(EntryHeaderError) {
            header = try EntryHeader(canonical: entry.header)
        } catch {
            throw .entry(place, error.message)
        }
        guard entry.payload.count <= LedgerLimits.maxPayloadBytes,
            PayloadCommitment.hash(entry.payload) == header.payloadHash
        else { throw .entry(place, "its payload is not the one its header commits to") }
        return header
    }

    /// Holds the entries against the heads that a seal pinned: of each stream all up to the seal are here, and nothing was left out.
    ///
    /// - Parameter manifest: of the proof, whose signature somebody else checks.
    /// - Returns: audit entries of the subject that were sealed: they are counted, and not shown.
    /// - Throws: `SubjectEvidenceError.heads`, `.missing`
    public func check(
        _ proof: SubjectHeadsProof, manifest: SegmentManifestBody, of subject: SubjectTag
    ) throws(SubjectEvidenceError) -> UInt64 {
        try proof.checkPlaces(of: subject, root: manifest.subjectHeadsRoot)
        var sealed: [EntryStream: SubjectHeads.Head] = [:]
        for leaf in proof.leaves where leaf.head.tag == subject {
            guard sealed.updateValue(leaf.head, forKey: leaf.head.stream) == nil else {
                throw .heads("stream \(leaf.head.stream.rawValue) has two")
            }
        }
        for stream in EntryStream.allCases where stream != .audit {
            let last = headers.last {
                $0.stream == stream && $0.generation == manifest.generation
                    && $0.index < manifest.treeSize
            }
            guard last?.index == sealed[stream]?.lastIndex,
                last?.subjectVersion == sealed[stream]?.version
            else {
                throw .missing(
                    stream,
                    "up to segment \(manifest.segment) \(sealed[stream]?.version ?? 0) entries were sealed, here are \(last?.subjectVersion ?? 0)"
                )
            }
        }
        return sealed[.audit]?.version ?? 0
    }
}
