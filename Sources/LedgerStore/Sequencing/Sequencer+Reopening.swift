import LedgerFormat
import Projections

// A failed commit may or may not be on disk: nobody who saw a failed fsync knows. Nothing more is written on
// that connection; the segment is opened anew, and what it then says is true, as after a crash.

extension Sequencer {
    var isProbeDue: Bool {
        guard let lastProbe else { return true }
        return lastProbe.duration(to: .now) >= configuration.limits.probeInterval
    }

    func commitFailed(_ error: any Error) {
        lastProbe = .now
        configuration.logger.error(
            "commit failed, read-only until the segment is reopened: \(error)")
        shared.withLock { $0.commitProblem = "The last commit failed: \(error)" }
    }

    func reopen() async {
        lastProbe = .now
        do {
            checkpointer.close()
            try? writer.close()
            try configuration.faults.reach(.beforeReopen)
            let file = writer.file
            configuration.giveUpBallastIfFull()
            writer = try SegmentWriter(file, afterFailure: true)
            checkpointer = try WALCheckpointer(path: file.path)
            let found = try Recovery.tail(
                of: writer, after: tree, generation: identity.generation)
            try adoptStoredNotes()
            shared.withLock { $0.commitProblem = nil }
            configuration.logger.notice("segment reopened, writing again")
            guard let found else { return }
            admit(found.group, tree: found.tree, storedNotes: 0, bytes: 0)
            var next: CommittedGroup? = found.group
            while let group = next { next = await finish(group) }
            shared.withLock { $0.hasFoundGroup = true }
        } catch {
            configuration.logger.error("reopening the segment failed: \(error)")
            shared.withLock { $0.commitProblem = "The segment cannot be reopened: \(error)" }
        }
    }

    /// The failed transaction's notes, and what it published, may be stored after all.
    private func adoptStoredNotes() throws {
        let (unsigned, published) = try writer.read { db in
            (
                Set(try SegmentContents.unsignedBoundaries(db)),
                try SegmentContents.lastPublished(db)
            )
        }
        shared.withLock { state in
            state.notes.removeAll { !unsigned.contains($0.size) }
            if let published, published.size > state.published?.size ?? 0 {
                state.published = published
            }
        }
    }
}
