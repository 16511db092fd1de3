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
        /// A certificate of the counter's value may have left: the next one is of another value.
        var isCertified = false
    }

    private let keystore: Keystore
    private let hierarchy: KeyHierarchy
    private let counters: TPMCounters
    private let state: Mutex<State>
    /// Why the directory went on, once a certificate has said so: the tree was as large then.
    private let reasonSaid = Mutex<UInt64?>(nil)
    /// A certificate is being made.
    private let isCertifying = Atomic(false)
    /// One step at a time. Whoever holds it waits for nothing but keystore and TPM.
    private let stepping = ReadersWriterLock()

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
    public func move() async throws(KeyCustodyError) { _ = try await step() }

    /// Moves it if anything was signed since, and it has stood for that long.
    public func tend(every interval: Duration) async throws(KeyCustodyError) {
        guard state.withLock({ $0.limit == nil && $0.moved.duration(to: .now) >= interval }) else {
            return
        }
        let size = try await recordedTree().size
        if state.withLock({ $0.size != size }) {
            _ = try await step()
        } else {
            state.withLock { $0.moved = .now }
        }
    }

    /// Has the TPM certify where the counter stands and how far was signed. The counter moves before, unless nothing was signed
    /// or certified since it did.
    ///
    /// After a `stop` one leaf more may be signed, which is to be the entry that tells of it; whatever else is signed moves the
    /// counter first.
    /// - Throws: as `check`; `.unavailable` also while another certificate is being made.
    public func certify(
        _ occasion: AnchorStatement.Occasion
    ) async throws(KeyCustodyError) -> TPMAnchored {
        guard !isCertifying.exchange(true, ordering: .acquiring) else {
            throw KeyCustodyError(.unavailable, "the TPM is certifying its anchor already")
        }
        defer { isCertifying.store(false, ordering: .releasing) }
        guard occasion == .stop else {
            let tree = try await recordedTree()
            try await forgetReason(at: tree.size)
            let isFresh = state.withLock {
                $0.size == tree.size && !$0.isCertified && $0.limit == nil
            }
            if !isFresh { _ = try await step() }
            return try await certified(tree, occasion)
        }
        // Nobody signs between the look at the tree and the mark.
        let (tree, value) = try await hierarchy.signingGate.alone {
            () async throws(KeyCustodyError) in
            let tree = try await recordedTree()
            return (tree, try await step(finalSize: tree.size))
        }
        do throws(KeyCustodyError) {
            try await forgetReason(at: tree.size)
            return try await certified(tree, .stop, at: value)
        } catch {
            // Nobody has the statement: nothing is final.
            _ = try? await step()
            throw error
        }
    }

    /// What was certified to be all that is signed must stay so: whoever signs beyond it moves the counter first. While the
    /// signing gate is held shared.
    func admit(_ size: UInt64) async throws(KeyCustodyError) {
        guard let limit = state.withLock({ $0.limit }), size > limit else { return }
        _ = try await step()
    }

    /// The last thing that a keeper does, unless all that was signed is certified to be all, and the entry that says so signed.
    func end() async throws(KeyCustodyError) {
        let size = try await recordedTree().size
        guard state.withLock({ $0.limit != size }) else { return }
        _ = try await step()
    }

    /// At a start. The row of a step that the TPM has not counted yet says nothing of the value before, which may be that of a
    /// stop: then nothing at all is signed before it has.
    static func limit(
        _ record: CounterRecord, value: UInt64, treeSize: UInt64
    ) -> UInt64? {
        record.intended == value ? record.finalSize.map(limit) : treeSize
    }

    // MARK: - Parts

    /// One leaf is the entry that tells of the stop.
    private static func limit(behind finalSize: UInt64) -> UInt64 { finalSize + 1 }

    /// - Returns: the counter's value.
    private func step(finalSize: UInt64? = nil) async throws(KeyCustodyError) -> UInt64 {
        try await stepping.alone { () async throws(KeyCustodyError) in
            let size = try await recordedTree().size
            let (record, value) = try await counters.current(.anchor)
            let target = record.intended == value ? value + 1 : record.intended
            _ = try await counters.advance(.anchor, to: target, finalSize: finalSize)
            state.withLock { $0 = State(size: size, limit: finalSize.map(Self.limit)) }
            return target
        }
    }

    /// Once a certificate has said why the directory went on, and the entry with it was signed.
    private func forgetReason(at size: UInt64) async throws(KeyCustodyError) {
        guard let said = reasonSaid.withLock({ $0 }), size > said else { return }
        let seal = hierarchy.seal
        try await keystore.commit { db in
            var record = try CounterRecord.of(.anchor, db, seal)
            record.reason = nil
            try record.save(db, seal)
        }
        reasonSaid.withLock { $0 = nil }
    }

    private func recordedTree() async throws(KeyCustodyError) -> MerkleFrontier {
        let record = TreeRecord(generation: hierarchy.logKey.generation, seal: hierarchy.seal)
        return try await keystore.read { db in try record.frontier(db) }
    }

    /// - Parameter value: of the counter, where no other will do.
    private func certified(
        _ tree: MerkleFrontier, _ occasion: AnchorStatement.Occasion, at value: UInt64? = nil
    ) async throws(KeyCustodyError) -> TPMAnchored {
        let record = try await counters.record(.anchor)
        let reason = occasion == .start ? record.reason : nil
        let statement = AnchorStatement(
            origin: hierarchy.logKey.name, size: tree.size, root: tree.root, occasion: occasion,
            reason: reason ?? "")
        state.withLock { $0.isCertified = true }
        let said: TPMAttestation.Statement
        do throws(TPMError) {
            said = try await counters.tpm.certify(statement.digest, record.counter)
        } catch {
            throw KeyCustodyError(.unavailable, "the TPM cannot certify its anchor", tpm: error)
        }
        if let value {
            let read = try? CounterCertification(attest: said.attest, signature: said.signature)
            guard read?.counter == value else {
                throw KeyCustodyError(
                    .unavailable, "the anchor moved while it was certified; try again")
            }
        }
        if reason != nil { reasonSaid.withLock { $0 = tree.size } }
        return TPMAnchored(
            certifyAttest: Data(said.attest), certifySignature: Data(said.signature),
            occasion: occasion.rawValue, reason: reason, root: tree.root.hex,
            salt: SecretBytes.random(count: 16).withUnsafeBytes { Data($0) }, size: tree.size)
    }
}
