internal import LedgerFormat

/// Reads entries and checks what needs no neighbour: continuity of the index, sizes, canonical header,
/// generation, payload commitment. Both hashes are taken from SQLite's own memory; nothing is copied.
enum EntryScanner {
    /// Entries per chunk: large enough that starting a task is nothing, small enough that the few
    /// chunks in flight stay in a core's cache.
    static let chunkEntries: UInt64 = 512

    static func scan(
        _ database: EvidenceDatabase, range: Range<UInt64>, generation: UInt64
    ) -> ScannedChunk {
        var chunk = ScannedChunk()
        chunk.entries.reserveCapacity(Int(min(range.upperBound - range.lowerBound, chunkEntries)))
        var expected = range.lowerBound
        do throws(DatabaseProblem) {
            let rows = try database.prepare(
                "SELECT idx, header, payload FROM entry WHERE idx >= ?1 AND idx < ?2 ORDER BY idx")
            try rows.bind(Int64(range.lowerBound), at: 1)
            try rows.bind(Int64(range.upperBound), at: 2)
            while try rows.step() {
                do throws(VerificationFailure) {
                    try read(rows, expected: expected, generation: generation, into: &chunk)
                } catch {
                    chunk.failure = .entry(error)
                    return chunk
                }
                expected += 1
                // A damaged tree may deliver rows that were not asked for, without end.
                if expected == range.upperBound { return chunk }
            }
            chunk.failure = .entry(
                VerificationFailure(.indexGap, index: expected, "the entry is missing"))
        } catch {
            chunk.failure = .database(error, near: expected)
        }
        return chunk
    }

    private static func read(
        _ rows: EvidenceStatement, expected: UInt64, generation: UInt64,
        into chunk: inout ScannedChunk
    ) throws(VerificationFailure) {
        guard let index = rows.formatInteger(0), index == expected else {
            throw VerificationFailure(
                .indexGap, index: expected, "the entry is missing; another row stands in its place")
        }
        guard let headerBytes = rows.blob(1, atMost: LedgerLimits.maxHeaderBytes) else {
            throw VerificationFailure(
                .header, index: index,
                "the header is no blob of at most \(LedgerLimits.maxHeaderBytes) bytes")
        }
        let header = try header(headerBytes, index: index, generation: generation)
        guard let payload = rows.blob(2, atMost: LedgerLimits.maxPayloadBytes) else {
            throw VerificationFailure(
                .payloadSize, index: index,
                "the payload is no blob of at most \(LedgerLimits.maxPayloadBytes) bytes")
        }
        guard PayloadCommitment.hash(buffer: payload) == header.payloadHash else {
            throw VerificationFailure(
                .payloadHash, index: index,
                "the payload is not the one that the header commits to")
        }
        if !header.stream.mayHaveSubject,
            let statement = try LedgerStatement(header: header, payload: payload)
        {
            chunk.statements.append((index, statement))
        }
        chunk.entries.append(
            ScannedEntry(
                index: index, leaf: MerkleTree.leafHash(buffer: headerBytes),
                previous: header.previous,
                time: header.time,
                isClockCorrected: header.isClockCorrection, stream: header.stream,
                subject: header.subject,
                subjectVersion: header.subjectVersion, subjectPrevious: header.subjectPrevious))
    }

    /// The header of entry `index`, read in place.
    static func header(
        _ bytes: UnsafeRawBufferPointer, index: UInt64, generation: UInt64
    ) throws(VerificationFailure) -> EntryHeaderView {
        let header: EntryHeaderView
        do throws(EntryHeaderError) {
            header = try EntryHeaderView(canonical: bytes)
        } catch {
            var offset: UInt64?
            if case .notCanonical(_, let at) = error { offset = UInt64(clamping: at) }
            throw VerificationFailure(.header, index: index, offset: offset, error.message)
        }
        guard header.index == index else {
            throw VerificationFailure(
                .header, index: index, "the header says index \(header.index)")
        }
        guard header.generation == generation else {
            throw VerificationFailure(
                .foreignSegment, index: index, "the header says generation \(header.generation)")
        }
        return header
    }
}
