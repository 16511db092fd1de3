import Foundation
import LedgerFormat
import Projections

/// A segment that takes no more entries and waits to be sealed.
struct RotatedSegment: Sendable {
    let number: UInt64
}

extension Sequencer {
    /// Between two groups: everything before is durable, signed and projected.
    func perform(_ control: Work.Control) {
        switch control {
        case .settle(let reply): reply.resume()
        case .end(let reply):
            shared.stop(LedgerStoreError(.unavailable, "The ledger is closed."))
            groups.finish()
            reply.resume()
        case .rotate(let reply):
            do {
                reply.resume(returning: .success(try rotate()))
            } catch {
                reply.resume(
                    returning: .failure(
                        Self.unavailable(
                            "The segment could not be rotated: \(error)", configuration.limits)))
            }
        }
    }

    /// Ends the active segment: all its boundaries get their checkpoints, then its successor exists, then
    /// appends go on there.
    ///
    /// - Returns: nil when there is nothing in it worth a seal.
    private func rotate() throws -> RotatedSegment? {
        guard sealWorth.isWorthy, tree.size > writer.identity.firstIndex else { return nil }
        try storeNotes(publishing: shared.withLock { $0.latest })
        let number = writer.file.number
        guard number < LedgerLimits.maxSegmentNumber else {
            throw SegmentContents.damaged("Segment numbers are used up")
        }
        let next = SegmentFile(directory: configuration.directory, number: number + 1)
        let (successor, newCheckpointer) = try createSuccessor(next)
        checkpointer.close()
        try? writer.close()
        library.add(next, successor.identity, base: tree.base, isSealed: false)
        writer = successor
        checkpointer = newCheckpointer
        sealWorth = SealWorth()
        shared.withLock { state in
            state.activeSegment = next.number
            state.segment = SegmentFill()
        }
        // Done: nothing can fail here, a process can only end.
        try? configuration.faults.reach(.rotated)
        return RotatedSegment(number: number)
    }

    /// All of it or nothing: appends go on in the old segment when this throws, and a successor that stayed
    /// would begin where that does not end any more.
    private func createSuccessor(_ file: SegmentFile) throws -> (SegmentWriter, WALCheckpointer) {
        do {
            try file.create(
                SegmentIdentity(
                    generation: identity.generation, firstIndex: tree.size,
                    origin: identity.origin, previous: tree.lastLeaf))
            try configuration.faults.reach(.successorCreated)
            let writer = try SegmentWriter(file)
            do {
                return (writer, try WALCheckpointer(path: file.path))
            } catch {
                try? writer.close()
                throw error
            }
        } catch {
            // Should this fail too, the next start does it.
            try? file.remove()
            throw error
        }
    }

    /// Stores the group checkpoints that wait for a transaction, and publishes one: it is persisted before it is served,
    /// and no other form of its size ever is.
    func storeNotes(publishing note: SizedNote?) throws {
        let (notes, published) = shared.withLock { ($0.notes, $0.published) }
        let unpublished = note.flatMap { note in
            note.size > published?.size ?? 0 && note.size > writer.identity.firstIndex
                ? note : nil
        }
        guard !notes.isEmpty || unpublished != nil else { return }
        do {
            try configuration.faults.reach(.beforeNotes)
            try writer.commit(notes: notes, published: unpublished)
            try configuration.faults.reach(.notesStored)
        } catch {
            commitFailed(error)
            throw error
        }
        shared.withLock { state in
            state.notes.removeFirst(min(notes.count, state.notes.count))
            if let unpublished { state.published = unpublished }
        }
    }

    /// Stores what waits for a transaction and lets go of the file.
    func close() {
        if shared.withLock({ $0.commitProblem == nil && $0.inFlight == 0 }) {
            try? storeNotes(publishing: shared.withLock { $0.latest })
        }
        checkpointer.close()
        // Only makes the next start shorter.
        try? writer.checkpoint()
        try? writer.close()
    }
}
