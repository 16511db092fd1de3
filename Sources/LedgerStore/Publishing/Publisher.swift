import Foundation
import LedgerFormat
import Synchronization

/// Publishes the newest checkpoint, with the line of the signer's hardware key where that comes in time.
///
/// The key may be slow, or away for days, so nobody waits for it but this: appends go on, the sequencer only stores what is
/// ready, and after `publishPatience` a checkpoint is published as the log key signed it. An answer that comes later than
/// that is dropped, and the line comes with a later checkpoint.
///
/// ```
/// tick ─▶ latest ─┬▶ signer ─ in time ──────▶ two lines ┐
///                 └▶ refused, late, wrong ──▶ one line ─┴▶ sequencer: persisted, then served
/// ```
final class Publisher: Sendable {
    private struct State: Sendable {
        /// The hardware key was asked and has not answered: it is asked no second time.
        var askedAt: ContinuousClock.Instant?
        /// What was said last of why the line is missing.
        var problem: String?
    }

    private enum Step { case ask, wait, goOn }

    private let configuration: LedgerConfiguration
    private let shared: SharedState
    private let identity: SignerIdentity
    private let known: KnownKeys
    private let signer: any TreeSigner
    private let wake: @Sendable () -> Void
    private let state = Mutex(State())

    init(
        configuration: LedgerConfiguration, shared: SharedState, identity: SignerIdentity,
        keys: KnownKeys, signer: any TreeSigner, wake: @escaping @Sendable () -> Void
    ) {
        self.configuration = configuration
        self.shared = shared
        self.identity = identity
        known = keys
        self.signer = signer
        self.wake = wake
    }

    /// Called once in `publishInterval`.
    func publish() {
        guard let latest = unpublished else { return }
        let now = ContinuousClock.now
        let patience = configuration.limits.publishPatience
        let step = state.withLock { state -> Step in
            guard let askedAt = state.askedAt else {
                state.askedAt = now
                return .ask
            }
            return askedAt.duration(to: now) < patience ? .wait : .goOn
        }
        switch step {
        case .ask: Task { await ask(latest) }
        case .wait: break
        case .goOn: deliver(latest)
        }
    }

    /// Without the line: a ledger that has just opened has something to serve at once.
    func publishNow() {
        if let latest = unpublished { deliver(latest) }
    }

    private var unpublished: SizedNote? {
        shared.withLock { state in
            state.latest.flatMap { $0.size > state.published?.size ?? 0 ? $0 : nil }
        }
    }

    private func ask(_ latest: SizedNote) async {
        var (note, problem): (SizedNote, String?) = (latest, nil)
        do {
            let bytes = try await signer.signPublished(
                generation: identity.generation, size: latest.size)
            note = try checked(bytes, latest)
        } catch {
            problem = "\(error)"
        }
        let before = state.withLock { state in
            defer { (state.askedAt, state.problem) = (nil, problem) }
            return state.problem
        }
        if let problem, before == nil {
            configuration.logger.warning(
                "checkpoints are published without the hardware key's line: \(problem)")
        } else if problem == nil, before != nil {
            configuration.logger.notice("checkpoints carry the hardware key's line again")
        }
        deliver(note)
    }

    private func deliver(_ note: SizedNote) {
        shared.withLock { state in
            let known = max(state.publishing?.size ?? 0, state.published?.size ?? 0)
            if note.size > known { state.publishing = note }
        }
        wake()
    }

    /// Nothing is published but the very checkpoint that is the latest, with lines that all verify.
    private func checked(_ bytes: [UInt8], _ latest: SizedNote) throws -> SizedNote {
        let keys = known.trust.checkpointKeys(generation: identity.generation, size: latest.size)
        let verified = try SignedNote(parsing: bytes).verified(by: keys)
        let asked = try SignedNote(parsing: latest.note)
        guard verified.text.utf8.elementsEqual(asked.text.utf8),
            verified.note.signatures.starts(with: asked.signatures),
            verified.signers.count == verified.note.signatures.count,
            verified.signers.contains(where: { !$0.isLogKey })
        else {
            throw LedgerStoreError(
                .unavailable, "the signer answered with another checkpoint than it was asked for")
        }
        return SizedNote(size: latest.size, note: Data(bytes))
    }
}
