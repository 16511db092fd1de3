import ContactModel
import Crypto
import Foundation
import LedgerFormat

/// Recovers a directory that is not the newest: in the same generation where nothing signed is lost (`resume`), else it
/// ends a generation of which signed entries may be lost, and begins the next, in a directory that is not the newest its TPM
/// knows: restored from a backup, left behind by a copy, or with a TPM of an older state.
///
/// ```
/// 1  begin         the keystore owes a recovery: nothing is signed any more but what was, and the seal of the rest;
///                  the counters are where the TPM has them, and that is not behind where they ever were;
///                  the anchor moves, so that every other copy of the directory refuses, too
/// 2  the ledger    seals what it has of the generation
/// 3  end           one transaction: a new log key, the old one destroyed, what is known of both written down
/// ```
/// Every step may be repeated. From 1 on the ordinary start refuses until 3 is done.
public struct Recoverer: Sendable {
    let keystore: Keystore
    let hierarchy: KeyHierarchy
    let counters: TPMCounters
    let clock: KeeperClock

    static let owed = KeyCustodyError(
        .equivocation,
        "this data directory was restored, or its recovery was begun: nothing is signed before `chancery recover` "
            + "has ended its generation")

    init(
        keystore: Keystore, hierarchy: KeyHierarchy, counters: TPMCounters, clock: KeeperClock
    ) {
        self.keystore = keystore
        self.hierarchy = hierarchy
        self.counters = counters
        self.clock = clock
    }

    /// Why the ordinary start refuses; nil: it does not.
    /// - Throws: `KeyCustodyError.unavailable` when the TPM does not answer.
    public func problem() async throws(KeyCustodyError) -> String? {
        guard try await !counters.record(.anchor).owesRecovery else { return Self.owed.message }
        for purpose in [CounterRecord.Purpose.seal, .anchor] {
            do throws(KeyCustodyError) {
                try await counters.check(purpose)
            } catch {
                guard error.code == .equivocation else { throw error }
                return error.message
            }
        }
        return nil
    }

    /// - Parameters:
    ///   - manifest: file of the last segment that is sealed; nil: none is.
    ///   - notes: for each segment that is not, its largest checkpoint; the last one covers all that is here. None: nothing
    ///     of this generation is here.
    /// - Throws: `KeyCustodyError.invalid` for what this keeper did not sign; `.equivocation` for a checkpoint with another root
    ///   than it signed; `.unavailable`.
    public func begin(manifest: [UInt8]?, notes: [[UInt8]]) async throws(KeyCustodyError) {
        let known = try known(manifest: manifest, notes: notes)
        let (seal, tree) = (hierarchy.seal, tree)
        let sealed = known.sealed(by: try await counters.record(.seal).counter) ?? 0
        // First of all: from here on the counters tell nothing.
        try await keystore.commit(.signing) { db in
            var anchor = try CounterRecord.of(.anchor, db, seal)
            anchor.owesRecovery = true
            try anchor.save(db, seal)
            try known.save(in: tree, db, seal)
        }
        try await endFormerCounters()
        let seals = try await counters.caughtUp(.seal, atLeast: sealed)
        let anchors = try await counters.caughtUp(.anchor)
        try await keystore.commit(.signing) { db in
            for (purpose, value) in [(CounterRecord.Purpose.seal, seals), (.anchor, anchors)] {
                var record = try CounterRecord.of(purpose, db, seal)
                record.adopt(value)
                try record.save(db, seal)
            }
        }
        _ = try await counters.advance(.anchor)
    }

    /// - Parameters:
    ///   - note: the checkpoint of all that the segments have, which is sealed; nil: nothing of this generation is here, and
    ///     the next one goes on where the last that has entries ended.
    ///   - known: the largest checkpoint that is known elsewhere; nil: none is.
    ///   - said: what the generation's entries say of keys.
    ///   - reason: an operator's words.
    /// - Returns: the generation that begins.
    /// - Throws: `KeyCustodyError.invalid` before `begin`; as `begin`.
    public func end(
        note: [UInt8]?, known: [UInt8]? = nil, keys said: AnnouncedKeys, reason: String
    ) async throws(KeyCustodyError) -> UInt64 {
        try Self.check(reason: reason)
        guard try await counters.record(.anchor).owesRecovery else {
            throw KeyCustodyError(.invalid, "no recovery was begun; nothing ends")
        }
        let key = hierarchy.logKey
        var (event, keys) = try await end(at: note, known, said)
        event.reason = reason
        event.salt = Self.salt()
        (event.certifyAttest, event.certifySignature) = try await certified(event)
        let next = try nextGeneration(after: key.generation)
        try await turn(
            to: next, with: GenerationRecord(keys: keys, recovered: EventCoding.encode(event)))
        return next
    }

    /// What ends, and its keys.
    private func end(
        at note: [UInt8]?, _ known: [UInt8]?, _ said: AnnouncedKeys
    ) async throws(KeyCustodyError) -> (LedgerRecovered, TrustFile.Generation) {
        guard let note else {
            guard let before = hierarchy.past.last,
                let event = try? EventCoding.decode(LedgerRecovered.self, from: before.recovered)
            else {
                throw KeyCustodyError(
                    .invalid, "nothing was ever signed: there is nothing to go on with")
            }
            return (event, before.keys)
        }
        let key = hierarchy.logKey
        let checkpoint = try signed(note)
        let recorded = try await recordedTree()
        let elsewhere = try known.map { known throws(KeyCustodyError) in try signed(known) }
        let trees = [
            (checkpoint.size, checkpoint.root), (recorded.size, recorded.root),
            elsewhere.map { ($0.size, $0.root) },
        ].compactMap { $0 }
        let largest = trees.max { $0.0 < $1.0 } ?? (checkpoint.size, checkpoint.root)
        let event = LedgerRecovered(
            certifyAttest: Data(), certifySignature: Data(), ended: key.generation,
            knownRoot: largest.1.hex, knownSize: largest.0, reason: "",
            root: checkpoint.root.hex, salt: Data(), size: checkpoint.size)
        return (
            event,
            .init(
                generation: key.generation, origin: key.name,
                keys: try said.only(hierarchy.trustedKeys()))
        )
    }

    /// Named by the time, as in `g20261126224400`: the same backup can be restored twice, and no counter that is restored with
    /// it would tell the second from the first.
    private func nextGeneration(after ended: UInt64) throws(KeyCustodyError) -> UInt64 {
        let now = LedgerTime(microsecondsSince1970: clock.now() * 1_000_000)
        let digits = (now?.text ?? "").filter(\.isNumber).prefix(14)
        guard let named = UInt64(digits) else {
            throw KeyCustodyError(
                .unavailable, "the clock tells no time that a generation can be named by")
        }
        return max(named, ended + 1)
    }

    // MARK: - Steps

    static func check(reason: String) throws(KeyCustodyError) {
        guard (1...LedgerLimits.maxRecoveryReasonBytes).contains(reason.utf8.count) else {
            throw KeyCustodyError(
                .invalid,
                "a recovery needs a reason of at most \(LedgerLimits.maxRecoveryReasonBytes) bytes")
        }
    }

    var tree: TreeRecord {
        TreeRecord(generation: hierarchy.logKey.generation, seal: hierarchy.seal)
    }

    func recordedTree() async throws(KeyCustodyError) -> MerkleFrontier {
        let tree = tree
        return try await keystore.read { db in try tree.frontier(db) }
    }

    /// What a directory of before the restore was sealed to: from here on this TPM opens none of them.
    private func endFormerCounters() async throws(KeyCustodyError) {
        let seal = hierarchy.seal
        let former = try await keystore.read { db in try FormerCounter.all(db, seal) }
        for former in former {
            do throws(TPMError) {
                try await counters.tpm.undefine(former.counter)
            } catch {
                throw KeyCustodyError(
                    .unavailable, "a counter of before the restore cannot be removed", tpm: error)
            }
        }
        try await keystore.commit { db in try db.execute(sql: "DELETE FROM former_counter") }
    }

    private func turn(
        to next: UInt64, with ended: GenerationRecord
    ) async throws(KeyCustodyError) {
        let seal = hierarchy.seal
        let root = hierarchy.root.transientKey()
        let (hierarchy, now) = (hierarchy, clock.now())
        try await keystore.commit(.signing) { db in
            guard let name = try String.fetchOne(db, sql: "SELECT log_name FROM meta") else {
                throw KeyCustodyError(.corrupt, "the keystore was never completed")
            }
            try ended.save(db, seal)
            try KeyRecord.endGeneration(before: next, under: root, db)
            try KeyRecord.dropFormerResident(under: root, db)
            try FirstKeys.logKey(name, generation: next, under: root).insert(db)
            // What was encrypted under keys that this keystore does not know must not look like values of the next ones.
            _ = try hierarchy.nextDayKey(at: now, db)
            try db.execute(sql: "DELETE FROM log_state")
            try db.execute(sql: "DELETE FROM signed")
            try TreeRecord(generation: next, seal: seal).begin(db)
            var anchor = try CounterRecord.of(.anchor, db, seal)
            anchor.owesRecovery = false
            try anchor.save(db, seal)
        }
    }

    /// What FORMAT 9.2 says.
    private func certified(_ event: LedgerRecovered) async throws(KeyCustodyError) -> (Data, Data) {
        let digest = RecoveryStatement(
            ended: event.ended, knownSize: event.knownSize, knownRoot: event.knownRoot,
            size: event.size, root: event.root
        ).digest
        let counter = try await counters.record(.seal).counter
        do throws(TPMError) {
            let certify = try await counters.tpm.certify(digest, counter)
            return (Data(certify.attest), Data(certify.signature))
        } catch {
            throw KeyCustodyError(.unavailable, "the TPM cannot certify the recovery", tpm: error)
        }
    }

    private static func salt() -> Data {
        SecretBytes.random(count: 16).withUnsafeBytes { Data($0) }
    }
}
