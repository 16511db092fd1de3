public import ContactModel
import Foundation
import GRDB
public import LedgerFormat
import Synchronization

/// Moves the TPM's anchor counter, so that an older copy of the keystore is told from it, and has the TPM certify how far the
/// keeper has signed where it stands (FORMAT 9.3).
public final class Anchorer: Sendable {
    private struct State {
        /// Size of the tree when the counter moved last; nil: not known.
        var size: UInt64?
        var moved = ContinuousClock.now
        /// No larger tree is signed before the counter has moved; nil: any.
        var limit: UInt64?
    }

    private let keystore: Keystore
    private let hierarchy: KeyHierarchy
    private let counters: TPMCounters
    private let state: Mutex<State>
    /// One certification or step at a time.
    private let turn = ReadersWriterLock()

    init(
        keystore: Keystore, hierarchy: KeyHierarchy, counters: TPMCounters, limit: UInt64?
    ) {
        self.keystore = keystore
        self.hierarchy = hierarchy
        self.counters = counters
        state = Mutex(State(limit: limit))
    }

    /// - Throws: `KeyCustodyError.equivocation` when another copy moved it meanwhile: nothing may be signed any more;
    ///   `.unavailable` when the TPM does not answer just now.
    public func check() async throws(KeyCustodyError) { try await counters.check(.anchor) }

    /// - Throws: as `check`.
    public func move() async throws(KeyCustodyError) {
        try await turn.alone { () async throws(KeyCustodyError) in try await step() }
    }

    /// Moves it if anything was signed since, and it has stood for that long.
    public func tend(every interval: Duration) async throws(KeyCustodyError) {
        guard state.withLock({ $0.moved.duration(to: .now) >= interval }) else { return }
        try await turn.alone { () async throws(KeyCustodyError) in
            let size = try await recordedTree().size
            if state.withLock({ $0.size != size }) {
                try await step()
            } else {
                state.withLock { $0.moved = .now }
            }
        }
    }

    /// Has the TPM certify where the counter stands and how far was signed. The counter moves before, unless nothing was signed
    /// since it did.
    ///
    /// After a `stop` one leaf more may be signed, which is to be the entry that tells of it; whatever else is signed moves the
    /// counter first.
    public func certify(
        _ occasion: AnchorStatement.Occasion
    ) async throws(KeyCustodyError) -> TPMAnchored {
        try await turn.alone { () async throws(KeyCustodyError) in
            // The ledger asks for another when it has the one that says why.
            if occasion != .start { try await forgetReason() }
            guard occasion == .stop else {
                let tree = try await recordedTree()
                if state.withLock({ $0.size != tree.size }) { try await step() }
                return try await certified(tree, occasion)
            }
            // Nobody signs between the look at the tree and the mark.
            let tree = try await hierarchy.signingGate.alone { () async throws(KeyCustodyError) in
                let tree = try await recordedTree()
                try await step(finalSize: tree.size)
                return tree
            }
            do throws(KeyCustodyError) {
                return try await certified(tree, occasion)
            } catch {
                // Nobody has the statement: nothing is final.
                try? await step()
                throw error
            }
        }
    }

    /// What was certified to be all that is signed must stay so: whoever signs beyond it moves the counter first. While the
    /// signing gate is held shared.
    func admit(_ size: UInt64) async throws(KeyCustodyError) {
        guard let limit = state.withLock({ $0.limit }), size > limit else { return }
        try await step()
    }

    /// The last thing that a keeper does, unless all that was signed is certified to be all.
    func end() async throws(KeyCustodyError) {
        guard state.withLock({ $0.limit == nil }) else { return }
        try await move()
    }

    /// One leaf is the entry that tells of the stop.
    private static func limit(behind finalSize: UInt64) -> UInt64 { finalSize + 1 }

    /// At a start. The row of a step that the TPM has not counted yet says nothing of the value before, which may be that of a
    /// stop: then nothing at all is signed before it has.
    static func limit(
        _ record: CounterRecord, value: UInt64, treeSize: UInt64
    ) -> UInt64? {
        record.intended == value ? record.finalSize.map(limit) : treeSize
    }

    // MARK: - Parts

    private func step(finalSize: UInt64? = nil) async throws(KeyCustodyError) {
        let size = try await recordedTree().size
        let (record, value) = try await counters.current(.anchor)
        let target = record.intended == value ? value + 1 : record.intended
        _ = try await counters.advance(.anchor, to: target, finalSize: finalSize)
        state.withLock { $0 = State(size: size, limit: finalSize.map(Self.limit)) }
    }

    private func forgetReason() async throws(KeyCustodyError) {
        guard try await counters.record(.anchor).reason != nil else { return }
        let seal = hierarchy.seal
        try await keystore.commit { db in
            var record = try CounterRecord.of(.anchor, db, seal)
            record.reason = nil
            try record.save(db, seal)
        }
    }

    private func recordedTree() async throws(KeyCustodyError) -> MerkleFrontier {
        let record = TreeRecord(generation: hierarchy.logKey.generation, seal: hierarchy.seal)
        return try await keystore.read { db in try record.frontier(db) }
    }

    private func certified(
        _ tree: MerkleFrontier, _ occasion: AnchorStatement.Occasion
    ) async throws(KeyCustodyError) -> TPMAnchored {
        let record = try await counters.record(.anchor)
        let reason = occasion == .start ? record.reason : nil
        let statement = AnchorStatement(
            origin: hierarchy.logKey.name, size: tree.size, root: tree.root, occasion: occasion,
            reason: reason ?? "")
        let said: TPMAttestation.Statement
        do throws(TPMError) {
            said = try await counters.tpm.attest(statement.digest, record.counter).certify
        } catch {
            throw KeyCustodyError(.unavailable, "the TPM cannot certify its anchor", tpm: error)
        }
        return TPMAnchored(
            certifyAttest: Data(said.attest), certifySignature: Data(said.signature),
            occasion: occasion.rawValue, reason: reason, root: tree.root.hex,
            salt: SecretBytes.random(count: 16).withUnsafeBytes { Data($0) }, size: tree.size)
    }
}
