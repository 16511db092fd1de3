import Foundation
import LedgerFormat

/// A segment that takes no more entries and waits to be sealed.
struct RotatedSegment: Sendable {
    let number: UInt64
}

extension Sequencer {
    /// Runs with nothing in flight.
    func perform(_ control: Work.Control) {
        switch control {
        case .settle(let reply): reply.resume()
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
        try storeLastNotes()
        let number = writer.file.number
        guard number < LedgerLimits.maxSegmentNumber else {
            throw SegmentContents.damaged("Segment numbers are used up")
        }
        let next = SegmentFile(directory: configuration.directory, number: number + 1)
        try next.create(
            SegmentIdentity(
                generation: identity.generation, firstIndex: tree.size, origin: identity.origin,
                previous: tree.lastLeaf))
        let successor = try SegmentWriter(next)
        let newCheckpointer = try WALCheckpointer(next)
        checkpointer.close()
        try? writer.close()
        library.add(next, firstIndex: tree.size, isSealed: false)
        writer = successor
        checkpointer = newCheckpointer
        sealWorth = SealWorth()
        shared.withLock { $0.activeSegment = next.number }
        try configuration.faults.reach(.rotated)
        return RotatedSegment(number: number)
    }

    private func storeLastNotes() throws {
        let (notes, latest, published) = shared.withLock { ($0.notes, $0.latest, $0.published) }
        let unpublished = latest.flatMap { latest in
            latest.size > published?.size ?? 0 && latest.size > writer.identity.firstIndex
                ? latest : nil
        }
        guard !notes.isEmpty || unpublished != nil else { return }
        do {
            try writer.commit([], boundary: nil, notes: notes, published: unpublished)
        } catch {
            commitFailed(error)
            throw error
        }
        shared.withLock { state in
            state.notes.removeFirst(min(notes.count, state.notes.count))
            if let unpublished { state.published = unpublished }
        }
    }

    /// Stores what waits for a transaction and lets go of the file. Nothing may be in flight.
    func close() {
        if shared.withLock({ $0.commitProblem == nil && $0.inFlight == 0 }) {
            try? storeLastNotes()
        }
        checkpointer.close()
        // Only makes the next start shorter.
        try? writer.checkpoint()
        try? writer.close()
    }
}
