import LedgerFormat
import Projections

extension Sequencer {
    /// Decides on a group. Nothing is written or remembered before `commit`.
    ///
    /// - Parameter reading: runs the decisions where the projections can be asked.
    /// - Returns: nil when all of it was refused.
    func prepare(
        _ works: [Work], reading: ((DecisionReader) throws -> GroupBuilder) throws -> GroupBuilder
    ) -> GroupBuilder? {
        guard case let works = works.isEmpty ? [] : writable(works), !works.isEmpty else {
            return nil
        }
        let time = max(configuration.clock.now(), tree.lastTime ?? .earliest)
        do {
            return try reading { reader in
                try build(
                    works, time: Self.corrects(works) ? configuration.clock.now() : time, reader)
            }
        } catch {
            let damaged = DamagedProjections(configuration: configuration, shared: shared)
            let refusal =
                damaged.found(in: error)
                ?? Self.unavailable(
                    "The group could not be prepared: \(error)", configuration.limits)
            for work in works { work.fail(refusal) }
            return nil
        }
    }

    private func build(
        _ works: [Work], time: LedgerTime, _ reader: DecisionReader
    ) throws -> GroupBuilder {
        var builder = GroupBuilder(
            tree: tree, generation: identity.generation, time: time, reader: reader,
            library: library, limits: configuration.limits)
        for work in works {
            switch work {
            case .append(let append, let reply): try builder.add(append, reply: reply)
            case .system(let entries, let audit, let reply):
                try builder.add(
                    entries, audit: audit.map { ($0.actor, $0.draft) }, reply: reply)
            case .control: break
            }
        }
        return builder
    }

    /// Makes a group durable and has it signed.
    ///
    /// - Returns: nil when it failed, and its callers know.
    func commit(_ builder: GroupBuilder) -> CommittedGroup? {
        let group = CommittedGroup(
            fromSize: tree.size, size: builder.tree.size, root: builder.tree.frontier.root,
            entries: builder.entries, replies: builder.replies, isRecovered: false)
        // Announcements that had been made before: answered in their turn.
        guard !group.entries.isEmpty else {
            shared.withLock { $0.inFlight += 1 }
            return group
        }
        let notes = shared.withLock { $0.notes }
        do {
            try configuration.faults.reach(.beforeCommit)
            // ── The commit point: from here on the entries exist. ──
            try writer.commit(
                builder.rows, from: tree.size, boundary: builder.tree.size, notes: notes)
            try configuration.faults.reach(.committed)
        } catch {
            commitFailed(error)
            let refusal = Self.unavailable("The commit failed: \(error)", configuration.limits)
            for reply in builder.replies { reply.fail(refusal.afterCommit) }
            return nil
        }
        let bytes = builder.rows.reduce(UInt64(0)) { sum, row in
            sum + UInt64(row.payload.count + row.header.count)
        }
        admit(group, tree: builder.tree, storedNotes: notes.count, bytes: bytes)
        checkpointWAL(bytes)
        return group
    }

    /// What follows a commit, whether this process saw it happen or found it on disk.
    func admit(_ group: CommittedGroup, tree: TreeState, storedNotes: Int, bytes: UInt64) {
        self.tree = tree
        for entry in group.entries { sealWorth.add(entry.header) }
        let first = group.entries.first?.header.time
        shared.withLock { state in
            state.segment.add(first: first, bytes: bytes, isWorthy: sealWorth.isWorthy)
            state.inFlight += 1
            state.notes.removeFirst(min(storedNotes, state.notes.count))
            state.durableSize = group.size
        }
        groups.yield(group)
    }

    /// Refuses what must not be written now: on a full disk everything but what an operator does, under a wrong
    /// clock everything but its correction, which then is a group of its own.
    private func writable(_ works: [Work]) -> [Work] {
        let limits = configuration.limits
        let works = affordable(works)
        let now = configuration.clock.now().microsecondsSince1970
        guard let last = tree.lastTime,
            last.microsecondsSince1970 - now > limits.clockToleranceMicroseconds
        else { return works }
        let error = LedgerStoreError(
            .clockBehind,
            "The clock is behind the last entry (\(last.text)). Set it right, or have an operator record "
                + "that it is right.", retryAfterMilliseconds: limits.unavailableRetryMilliseconds)
        var correction: [Work] = []
        for work in works {
            if correction.isEmpty, Self.corrects([work]) {
                correction = [work]
            } else {
                work.fail(error)
            }
        }
        return correction
    }

    private func affordable(_ works: [Work]) -> [Work] {
        let limits = configuration.limits
        guard let free = configuration.freeBytes(configuration.directory),
            free < limits.reservedDiskBytes
        else { return works }
        let error = Self.unavailable(
            "The disk has \(free >> 20) MiB left, less than the \(limits.reservedDiskBytes >> 20) MiB "
                + "kept in reserve. Free some space.", limits)
        for work in works where !work.isPrivileged { work.fail(error) }
        let privileged = works.filter(\.isPrivileged)
        if !privileged.isEmpty { configuration.giveUpBallastIfFull() }
        return privileged
    }

    private static func corrects(_ works: [Work]) -> Bool {
        guard works.count == 1, case .append(let append, _) = works[0] else { return false }
        return append.correctsClock
    }

    private func checkpointWAL(_ bytes: UInt64) {
        bytesSinceCheckpoint += bytes
        let limits = configuration.limits
        // Failures here are the next commit's to find.
        if checkpointer.takeCaughtUp() { try? writer.restartWAL() }
        guard bytesSinceCheckpoint > limits.checkpointBytes else { return }
        bytesSinceCheckpoint = 0
        if DurableFile.size(writer.file.path + "-wal") > limits.largestWALBytes {
            try? writer.checkpoint()
        } else {
            checkpointer.start()
        }
    }
}
