internal import LedgerFormat

/// Reads entries and checks what needs no neighbour: continuity of the index, sizes, canonical header,
/// generation, payload commitment. Both hashes are taken from SQLite's own memory; nothing is copied.
enum EntryScanner {
    /// Entries per chunk: large enough that starting a task is nothing, small enough that the few
    /// chunks in flight stay within some megabytes.
    static let chunkEntries: UInt64 = 2_048

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
                switch entry(rows, expected: expected, generation: generation) {
                case .success(let entry):
                    chunk.entries.append(entry)
                case .failure(let failure):
                    chunk.failure = .entry(failure)
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

    private static func entry(
        _ rows: EvidenceStatement, expected: UInt64, generation: UInt64
    ) -> Result<ScannedEntry, VerificationFailure> {
        func refuse(
            _ code: VerificationFailure.Code, offset: Int? = nil, _ reason: String
        ) -> Result<ScannedEntry, VerificationFailure> {
            .failure(
                VerificationFailure(
                    code, index: expected, offset: offset.map { UInt64(clamping: $0) }, reason))
        }
        guard let index = rows.formatInteger(0), index == expected else {
            return refuse(.indexGap, "the entry is missing; another row stands in its place")
        }
        guard let headerBytes = rows.blob(1, atMost: LedgerLimits.maxHeaderBytes) else {
            return refuse(
                .header, "the header is no blob of at most \(LedgerLimits.maxHeaderBytes) bytes")
        }
        let header: EntryHeader
        do throws(EntryHeaderError) {
            header = try EntryHeader(canonical: headerBytes)
        } catch {
            if case .notCanonical(_, let offset) = error {
                return refuse(.header, offset: offset, error.message)
            }
            return refuse(.header, error.message)
        }
        guard header.index == index else {
            return refuse(.header, "the header says index \(header.index)")
        }
        guard header.generation == generation else {
            return refuse(.foreignSegment, "the header says generation \(header.generation)")
        }
        // Taken before the payload is asked for: the next column may move the row's memory.
        let leaf = MerkleTree.leafHash(headerBytes)
        guard let payload = rows.blob(2, atMost: LedgerLimits.maxPayloadBytes) else {
            return refuse(
                .payloadSize,
                "the payload is no blob of at most \(LedgerLimits.maxPayloadBytes) bytes")
        }
        guard PayloadCommitment.hash(payload) == header.payloadHash else {
            return refuse(.payloadHash, "the payload is not the one that the header commits to")
        }
        let statement: LedgerStatement?
        do throws(VerificationFailure) {
            statement = try LedgerStatement(header: header, payload: payload)
        } catch {
            return .failure(error)
        }
        return .success(
            ScannedEntry(
                index: index, leaf: leaf, previous: header.previous, time: header.time,
                isClockCorrected: header.type == "ClockCorrected", stream: header.stream,
                subject: header.subject, subjectVersion: header.subjectVersion,
                subjectPrevious: header.subjectPrevious, statement: statement))
    }
}
