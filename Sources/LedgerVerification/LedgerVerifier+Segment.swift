internal import LedgerFormat

// MARK: - One segment

extension LedgerVerifier {
    mutating func verifySealed(
        _ segment: UnverifiedSegment, manifest: ManifestCheck
    ) async throws(VerificationFailure) -> VerifiedSegment {
        let path = segment.path
        let digest = Task { () -> Result<(Digest32, UInt64, [UInt8]), VerificationFailure> in
            do throws(VerificationFailure) {
                try EvidenceFile.requireRegular(path)
                let found = try EvidenceFile.digest(path)
                return .success((found.hash, found.size, found.start))
            } catch {
                return .failure(error)
            }
        }
        var verified: VerifiedSegment?
        var failure: VerificationFailure?
        do throws(VerificationFailure) {
            verified = try await verifyEntries(segment, manifest: manifest)
        } catch {
            failure = error
        }
        let (hash, size, start) = try await digest.value.get()
        let body = manifest.manifest.body
        let isIntact = hash == body.fileHash && size == body.fileSize
        // SQLite's complaint about damaged pages is only the symptom.
        if let failure, isIntact || ![.database, .unreadable].contains(failure.code) {
            throw failure
        }
        guard isIntact else {
            throw VerificationFailure(
                .fileHash,
                "the file's \(size) bytes are not those that were sealed"
                    + (failure.map { "; \($0.reason)" } ?? ", although every entry in it holds"))
        }
        // Bytes 18 and 19: file format versions, 1 for a rollback journal, 2 for a write-ahead log.
        guard start.count >= 20, start[18] == 1, start[19] == 1 else {
            throw VerificationFailure(.schema, "a sealed file is not in write-ahead mode")
        }
        guard let verified else {
            throw VerificationFailure(.database, "the file could not be read")
        }
        return verified
    }

    mutating func verifyEntries(
        _ segment: UnverifiedSegment, manifest: ManifestCheck?
    ) async throws(VerificationFailure) -> VerifiedSegment {
        let reader = try SegmentReader(path: segment.path, isSealed: segment.isSealed)
        if reader.copy != nil {
            notes.append(
                "segment \(segment.number) was copied to a temporary directory to be read, because "
                    + "its own does not let SQLite open a write-ahead log")
        }
        guard reader.row.number == segment.number else {
            throw VerificationFailure(
                .segmentRow, "the file holds segment \(reader.row.number)")
        }
        try enter(reader.row)
        let authority = try CheckpointAuthority(
            origin: reader.row.origin, trusted: try trusted(reader.row.generation))
        let firstLeaf = try await walk(reader, authority: authority)
        let count = state.nextIndex - reader.row.firstIndex
        try await manifest?.check(
            row: reader.row, count: count, firstLeaf: firstLeaf, state: state)
        if let manifest { try follow(manifest, segment: segment.number) }
        conclude(segment, reader, manifest: manifest)
        return VerifiedSegment(
            number: segment.number, generation: reader.row.generation, origin: reader.row.origin,
            firstIndex: reader.row.firstIndex, count: count,
            lastLeaf: count > 0 ? state.previousLeaf : nil, root: state.frontier?.root,
            manifestHash: manifest?.hash, unsignedTail: state.unsignedTail)
    }

    private mutating func conclude(
        _ segment: UnverifiedSegment, _ reader: SegmentReader, manifest: ManifestCheck?
    ) {
        state.lastSegment = segment.number
        seen.insert(segment.number)
        trees[state.generation] = (state.nextIndex, state.frontier != nil)
        state.previousManifest = manifest?.hash
        if let manifest {
            state.manifests[segment.number] = manifest.hash
            state.sealedSize = state.nextIndex
        } else if !reader.isWriteAhead, state.nextIndex > reader.row.firstIndex {
            // One that was created a moment ago is in the same mode, but empty.
            unsealedFinals.append(segment.number)
        }
    }

    /// - Returns: the leaf hash of the segment's first entry.
    private mutating func walk(
        _ reader: SegmentReader, authority: CheckpointAuthority
    ) async throws(VerificationFailure) -> Digest32? {
        // The state moves into the walk and back, so that its tables are never copied.
        var moved = LedgerState()
        swap(&moved, &state)
        var walk: SegmentWalk
        do throws(DatabaseProblem) {
            walk = try SegmentWalk(
                reader, state: consume moved, authority: authority, claims: claims,
                progress: progress)
        } catch {
            throw SegmentReader.failure(error, file: EvidenceFile.name(reader.path))
        }
        let failure = await walk.run()
        let firstLeaf = walk.firstLeaf
        for what in walk.notChecked { notCheckedOnce(what) }
        notes += walk.notes
        state = walk.state
        // Entries of a group whose checkpoint failed were folded, but do not hold.
        let bad = failure.flatMap { $0.indexFrom ?? $0.index } ?? .max
        entries += max(min(state.nextIndex, bad), reader.row.firstIndex) - reader.row.firstIndex
        if let failure { throw failure }
        return firstLeaf
    }
}
