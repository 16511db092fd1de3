import ContactModel
import Crypto
import CryptoExtras
import Foundation
import LedgerFormat
import LedgerStore
import Synchronization
import Testing

/// A signer with the keeper's rules and no keeper: it rebuilds the tree, records each boundary before it signs,
/// never signs two trees of one size. Its "ciphertexts" are the values themselves, so it can reindex.
final class LocalSigner: TreeSigner, Reindexer, Forgetter, GenerationEnder, AnchorCertifier {
    static let name = "test.localhost"
    /// Takes a second to draw, so all tests share it.
    private static let auditKey = Result {
        try _RSA.Signing.PrivateKey(keySize: .init(bitCount: 4_096))
    }
    /// Its successor, for those who rotate.
    private static let nextAuditKey = Result {
        try _RSA.Signing.PrivateKey(keySize: .init(bitCount: 4_096))
    }

    /// A key and what it counts for.
    struct Ranged<Key: Sendable>: Sendable {
        let key: Key
        var from: UInt64 = 0
        var until: UInt64?
        var isDestroyed = false

        func counts(_ size: UInt64) -> Bool {
            !isDestroyed && from <= size && until.map { size <= $0 } ?? true
        }
    }

    struct State: Sendable {
        var frontier = MerkleFrontier()
        var roots: [UInt64: Digest32] = [:]
        var manifests: [UInt64: (size: UInt64, root: Digest32)] = [:]
        var isAway = false
        /// Signs the second line of published checkpoints; nil: it has none.
        var hardware: P256.Signing.PrivateKey?
        /// What becomes of the line of published checkpoints.
        var published = Published.signed
        var signsGroupsWithHardware = false
        /// The next signatures are recorded, but their replies are lost.
        var lostReplies = 0
        var erased: Set<SubjectTag> = []
        var epoch: UInt64 = 1
        /// Of erasures only; it signs all the same.
        var cannotForget = false
        /// Whoever asks to have somebody forgotten is not one who may.
        var refusesErasures = false
        /// Orders of these subjects are none for it.
        var strangers: Set<SubjectTag> = []
        var signCalls = 0
        var generation: UInt64 = 1
        var logs = [Ranged(key: Curve25519.Signing.PrivateKey())]
        var audits: [Ranged<_RSA.Signing.PrivateKey>] = []
        var refusesRotation = false
        var past: [TrustFile.Generation] = []
        var recovered: Data?
        /// Why it would not start as usual.
        var problem: String?
        var isEnding = false
        /// What it was asked to anchor.
        var anchors: [AnchorStatement.Occasion] = []
        var cannotAnchor = false
        /// For the next start's anchor.
        var reason: String?

        var origin: String { "\(LocalSigner.name)/g\(generation)" }
    }

    enum Published: Sendable {
        case signed
        case refused
        case wrong
        case otherRoot
        case withoutLogKey
    }

    enum Refusal: Error {
        case away
        case manifest
        case ending
    }

    private let state: Mutex<State>
    private let forgetHook = Mutex<(@Sendable () -> Void)?>(nil)
    private let hook = Mutex<(@Sendable () -> Void)?>(nil)

    private let publishHook = Mutex<(@Sendable () async -> Void)?>(nil)

    /// Runs before the line of a published checkpoint is answered.
    func onPublish(_ body: (@Sendable () async -> Void)?) { publishHook.withLock { $0 = body } }

    /// Runs when a tree is recorded and its reply is on its way.
    func onRecorded(_ body: (@Sendable () -> Void)?) { hook.withLock { $0 = body } }

    /// Runs before an erasure is answered.
    func onForget(_ body: (@Sendable () -> Void)?) { forgetHook.withLock { $0 = body } }

    convenience init() throws {
        try self.init(state: State())
    }

    private init(state: State) throws {
        var state = state
        if state.audits.isEmpty { state.audits = [Ranged(key: try Self.auditKey.get())] }
        self.state = Mutex(state)
    }

    /// The same signer as it is now, as a keystore that survives a crash of the ledger.
    func copy() throws -> LocalSigner {
        try LocalSigner(state: state.withLock { $0 })
    }

    func change<Value>(_ body: (inout State) -> Value) -> Value { state.withLock { body(&$0) } }

    // MARK: - TreeSigner

    func identity() throws -> SignerIdentity {
        let state = try state.withLock { state in
            if state.isAway { throw Refusal.away }
            return state
        }
        let keys = try Self.keys(state)
        let isDestroyed = state.logs.map(\.isDestroyed) + state.audits.map(\.isDestroyed)
        return SignerIdentity(
            origin: state.origin, generation: state.generation, keys: keys,
            treeSize: state.frontier.size,
            destroyed: Set(zip(keys, isDestroyed).filter(\.1).map(\.0.keyID)),
            past: state.past, coming: try Self.coming(state).map { try Self.auditKey($0) },
            recovered: state.recovered)
    }

    /// Goes on in the next generation.
    private static func coming(_ state: State) -> [Ranged<_RSA.Signing.PrivateKey>] {
        state.audits.suffix(1).map { Ranged(key: $0.key) }
    }

    /// As the trust file of its generation has them.
    private static func keys(_ state: State) throws -> [TrustedKey] {
        let hardware = try state.hardware.map { try hardwareKey($0, state.origin) }
        return try state.logs.map { try logKey($0, state) } + state.audits.map { try auditKey($0) }
            + [hardware].compactMap(\.self)
    }

    private static func logKey(
        _ log: Ranged<Curve25519.Signing.PrivateKey>, _ state: State
    ) throws -> TrustedKey {
        try TrustedKey(
            use: .checkpoint, algorithm: .ed25519, name: state.origin,
            publicKey: Array(log.key.publicKey.rawRepresentation), fromSize: log.from,
            untilSize: log.until)
    }

    private static func auditKey(_ audit: Ranged<_RSA.Signing.PrivateKey>) throws -> TrustedKey {
        try TrustedKey(
            use: .segmentManifest, algorithm: .rsaPSS4096, name: "KEK-AUDIT",
            publicKey: Array(audit.key.publicKey.derRepresentation), fromSize: audit.from,
            untilSize: audit.until)
    }

    // MARK: - Rotation

    /// Draws the successor; by nobody's word.
    func begin(_ key: SigningKeyUse) throws -> SignerIdentity {
        let nextAudit = key == .segmentManifest ? try Self.nextAuditKey.get() : nil
        try change(key) { state, size in
            switch key {
            case .checkpoint: Self.draw(&state.logs, size) { Curve25519.Signing.PrivateKey() }
            case .segmentManifest:
                guard let nextAudit else { throw Refusal.manifest }
                Self.draw(&state.audits, size) { nextAudit }
            }
        }
        return try identity()
    }

    func rotate(_ key: SigningKeyUse, _ step: KeyRotationStep) throws -> SignerIdentity {
        try change(key) { state, size in
            switch key {
            case .checkpoint: Self.step(&state.logs, step, size)
            case .segmentManifest: Self.step(&state.audits, step, size)
            }
        }
        return try identity()
    }

    private func change(
        _ key: SigningKeyUse, _ body: (inout State, UInt64) throws -> Void
    ) throws {
        try state.withLock { state in
            if state.isAway || state.refusesRotation { throw Refusal.away }
            try body(&state, state.frontier.size)
        }
    }

    private static func draw<Key>(
        _ keys: inout [Ranged<Key>], _ size: UInt64, _ draw: () -> Key
    ) {
        let inUse = keys.count { $0.until == nil }
        if inUse == 1 { keys.append(Ranged(key: draw(), from: size + 1)) }
    }

    private static func step<Key>(
        _ keys: inout [Ranged<Key>], _ step: KeyRotationStep, _ size: UInt64
    ) {
        let inUse = keys.indices.filter { keys[$0].until == nil }
        switch step {
        case .retire: if inUse.count > 1 { keys[inUse[0]].until = size }
        case .destroy:
            for index in keys.indices where keys[index].until != nil {
                keys[index].isDestroyed = true
            }
        }
    }

    /// It has none, so that nothing changes.
    func beginDayKey() throws -> SignerIdentity {
        try state.withLock { state in
            if state.isAway || state.refusesRotation { throw Refusal.away }
        }
        return try identity()
    }

    private static func hardwareKey(
        _ key: P256.Signing.PrivateKey, _ origin: String
    ) throws -> TrustedKey {
        try TrustedKey(
            use: .checkpoint, algorithm: .ecdsaP256, name: origin,
            publicKey: Array(key.publicKey.derRepresentation), fromSize: 0, untilSize: nil)
    }

    private static func line(
        _ key: P256.Signing.PrivateKey, _ origin: String, over text: String
    ) throws -> NoteSignatureLine {
        guard let noteKey = try hardwareKey(key, origin).noteKey,
            let line = NoteSignatureLine(
                name: noteKey.name, keyID: noteKey.keyID,
                signature: Array(try key.signature(for: Data(text.utf8)).derRepresentation))
        else { throw Refusal.manifest }
        return line
    }

    func signPublished(generation: UInt64, size: UInt64) async throws -> [UInt8] {
        await publishHook.withLock { $0 }?()
        let state = state.withLock { $0 }
        guard let key = state.hardware, state.published != .refused else { throw Refusal.away }
        var note = try SignedNote(parsing: resign(generation: generation, size: size))
        if state.published == .otherRoot {
            note = try SignedNote(parsing: self.note(size, .zero))
        }
        let text = note.text + (state.published == .wrong ? " " : "")
        let line = try Self.line(key, state.origin, over: text)
        guard state.published != .withoutLogKey else {
            return try SignedNote(text: note.text, signatures: [line]).bytes
        }
        return try note.adding(line).bytes
    }

    /// It has no receipt key.
    func signReceipt(_ receipt: [UInt8]) throws -> String { throw Refusal.away }

    func sign(generation: UInt64, fromSize: UInt64, leafHashes: [Digest32]) throws -> [UInt8] {
        let (size, root, isLost) = try state.withLock { state in
            if state.isAway { throw Refusal.away }
            guard generation == state.generation, !state.isEnding else { throw Refusal.ending }
            guard state.frontier.size == fromSize else {
                throw Self.equivocation(state, fromSize)
            }
            for leaf in leafHashes { state.frontier.append(leaf) }
            state.roots[state.frontier.size] = state.frontier.root
            state.signCalls += 1
            let isLost = state.lostReplies > 0
            if isLost { state.lostReplies -= 1 }
            return (state.frontier.size, state.frontier.root, isLost)
        }
        hook.withLock { $0 }?()
        if isLost { throw Refusal.away }
        return try note(size, root)
    }

    func resign(generation: UInt64, size: UInt64) throws -> [UInt8] {
        let root = try state.withLock { state in
            if state.isAway { throw Refusal.away }
            guard let root = state.roots[size] else {
                throw Self.equivocation(state, size)
            }
            return root
        }
        return try note(size, root)
    }

    private static func equivocation(_ state: State, _ asked: UInt64) -> LedgerStoreError {
        LedgerStoreError(
            .equivocation, "asked about size \(asked), recorded \(state.frontier.size)")
    }

    func signManifest(body: [UInt8]) throws -> SegmentManifest {
        let manifest = try SegmentManifestBody(canonical: body)
        try state.withLock { state in
            if state.isAway { throw Refusal.away }
            guard state.roots[manifest.treeSize] == manifest.root else { throw Refusal.manifest }
            if let known = state.manifests[manifest.segment] {
                guard known == (manifest.treeSize, manifest.root) else { throw Refusal.manifest }
            } else {
                guard manifest.segment == UInt64(state.manifests.count) + 1 else {
                    throw Refusal.manifest
                }
            }
            state.manifests[manifest.segment] = (manifest.treeSize, manifest.root)
        }
        let state = state.withLock { $0 }
        let audit =
            state.isEnding
            ? state.audits.last : state.audits.first { $0.counts(manifest.treeSize) }
        guard let audit else { throw Refusal.manifest }
        let value = try audit.key.signature(
            for: SHA256.hash(data: manifest.signingInput()), padding: .PSS)
        return SegmentManifest(
            body: manifest,
            signature: try SegmentManifestSignature(
                keyID: try Self.auditKey(audit).keyID, value: Array(value.rawRepresentation)))
    }

    private func note(_ size: UInt64, _ root: Digest32) throws -> [UInt8] {
        let state = state.withLock { $0 }
        let checkpoint = try Checkpoint(origin: state.origin, size: size, root: root)
        if state.signsGroupsWithHardware, let key = state.hardware {
            let line = try Self.line(key, state.origin, over: checkpoint.noteText)
            return try SignedNote(text: checkpoint.noteText, signatures: [line]).bytes
        }
        guard let log = state.logs.first(where: { $0.counts(size) }),
            let key = try Self.logKey(log, state).noteKey
        else { throw Refusal.manifest }
        return try checkpoint.signedNote(keyName: state.origin, keyID: key.keyID) {
            Array(try log.key.signature(for: $0))
        }.bytes
    }

    // MARK: - AnchorCertifier

    /// As the keeper does it, without a TPM: the certificates are of nothing.
    func anchor(_ occasion: AnchorStatement.Occasion) throws -> Data {
        try state.withLock { state in
            if state.isAway || state.cannotAnchor { throw Refusal.away }
            state.anchors.append(occasion)
            let reason = occasion == .start ? state.reason : nil
            return EventCoding.encode(
                TPMAnchored(
                    certifyAttest: Data(), certifySignature: Data(), occasion: occasion.rawValue,
                    reason: reason, root: state.frontier.root.hex,
                    salt: Data(repeating: 1, count: 16), size: state.frontier.size))
        }
    }

    // MARK: - GenerationEnder

    func resume(
        at end: AnchoredEnd, manifest: [UInt8]?, notes: [[UInt8]], keys: AnnouncedKeys,
        reason: String
    ) throws -> String? {
        let anchor = try EventCoding.decode(TPMAnchored.self, from: end.anchor)
        return try state.withLock { state in
            guard !state.isEnding, anchor.occasion == "STOP" else { return "no clean stop" }
            guard var tree = MerkleFrontier(size: anchor.size, hashes: end.subtrees),
                tree.root.hex == anchor.root
            else { throw Refusal.ending }
            try MerkleProof.verifyConsistency(
                from: state.frontier.size, to: tree.size, proof: end.consistency,
                fromRoot: state.frontier.root, toRoot: tree.root)
            tree.append(end.leaf)
            let last = try Checkpoint(
                parsing: SignedNote(parsing: try #require(notes.last)).text)
            guard last.size == tree.size, last.root == tree.root else { return "more entries" }
            state.frontier = tree
            state.roots[tree.size] = tree.root
            (state.problem, state.reason) = (nil, reason)
            return nil
        }
    }

    func problem() -> String? { state.withLock { $0.problem } }

    func begin(manifest: [UInt8]?, notes: [[UInt8]]) throws {
        let last = try manifest.map { try SegmentManifest(parsing: $0).body.segment } ?? 0
        let checkpoints = try notes.map {
            try Checkpoint(parsing: SignedNote(parsing: $0).text)
        }
        state.withLock { state in
            state.isEnding = true
            state.problem = "its recovery was begun"
            state.manifests = state.manifests.filter { $0.key <= last }
            for number in 1..<(last + 1) where state.manifests[number] == nil {
                state.manifests[number] = (0, .zero)
            }
            for checkpoint in checkpoints { state.roots[checkpoint.size] = checkpoint.root }
        }
    }

    func end(
        note: [UInt8]?, known: [UInt8]?, keys said: AnnouncedKeys, reason: String
    ) throws -> UInt64 {
        guard let note else { return try skipGeneration() }
        let checkpoint = try Checkpoint(parsing: SignedNote(parsing: note).text)
        let elsewhere = try known.map { try Checkpoint(parsing: SignedNote(parsing: $0).text) }
        return try state.withLock { state in
            guard state.isEnding else { throw Refusal.ending }
            var largest = (size: checkpoint.size, root: checkpoint.root)
            for (size, root) in [
                (state.frontier.size, state.frontier.root),
                elsewhere.map { ($0.size, $0.root) } ?? largest,
            ] where size > largest.size { largest = (size, root) }
            state.recovered = EventCoding.encode(
                LedgerRecovered(
                    certifyAttest: Data(), certifySignature: Data(), ended: state.generation,
                    knownRoot: largest.root.hex, knownSize: largest.size, reason: reason,
                    root: checkpoint.root.hex, salt: Data(repeating: 1, count: 16),
                    size: checkpoint.size))
            state.past.append(
                .init(
                    generation: state.generation, origin: state.origin,
                    keys: try Self.keys(state).filter { said.activated.contains($0.keyID) }
                        .map { said.retired.contains($0.keyID) ? $0 : try Self.unretired($0) }))
            Self.turn(&state)
            return state.generation
        }
    }

    private static func unretired(_ key: TrustedKey) throws -> TrustedKey {
        try TrustedKey(
            use: key.use, algorithm: key.algorithm, name: key.name, publicKey: key.publicKey,
            fromSize: key.fromSize, untilSize: nil)
    }

    /// Nothing of it was written: its number is not used.
    private func skipGeneration() throws -> UInt64 {
        try state.withLock { state in
            guard state.isEnding, state.recovered != nil else { throw Refusal.ending }
            Self.turn(&state)
            return state.generation
        }
    }

    private static func turn(_ state: inout State) {
        state.generation += 1
        state.logs = [Ranged(key: Curve25519.Signing.PrivateKey())]
        state.audits = coming(state)
        state.frontier = MerkleFrontier()
        state.roots = [:]
        (state.isEnding, state.problem) = (false, nil)
    }

    // MARK: - Forgetter

    /// The keeper's ticket, for anybody.
    func ticket(_ contact: ReindexItem) throws(LedgerStoreError) -> Data {
        try state.withLock { state throws(LedgerStoreError) in
            if state.isAway { throw LedgerStoreError(.unavailable, "away") }
            if state.refusesErasures { throw LedgerStoreError(.unauthorized, "not signed") }
        }
        return Self.ticket(contact.subject)
    }

    private static func ticket(_ subject: SubjectTag) -> Data {
        Data(SHA256.hash(data: subject.data))
    }

    func forget(_ orders: [ErasureOrder]) throws -> ErasureEpochs {
        forgetHook.withLock { $0 }?()
        let subjects = try orders.map { order in
            guard let extra = try InclusionReceipt(parsing: order.receipt).extra,
                case let header = try EntryHeader(canonical: extra),
                let subject = header.subject,
                PayloadCommitment.hash(order.payload) == header.payloadHash,
                try EventCoding.decode(ErasureOrdered.self, from: order.payload).ticket
                    == Self.ticket(subject)
            else { throw Refusal.manifest }
            return subject
        }
        return try state.withLock { state in
            if state.isAway || state.cannotForget { throw Refusal.away }
            guard state.strangers.isDisjoint(with: subjects) else {
                throw LedgerStoreError(.invalid, "no order of mine")
            }
            let before = state.epoch
            if !state.erased.isSuperset(of: subjects) { state.epoch += 1 }
            state.erased.formUnion(subjects)
            return ErasureEpochs(before: before, after: state.epoch)
        }
    }

    // MARK: - Reindexer

    func reindex(_ items: [ReindexItem]) throws -> [ReindexedValue] {
        let erased = try state.withLock { state in
            if state.isAway { throw Refusal.away }
            return state.erased
        }
        return items.map { item in
            if erased.contains(item.subject) { return .unreadable }
            if item.field == "contactId" { return .contactID(item.value.ciphertext) }
            if item.field == "fullName" {
                return .words(
                    Drafts.words(String(decoding: item.value.ciphertext, as: UTF8.self)))
            }
            return Digest32(item.value.ciphertext).map { .index($0) } ?? .unreadable
        }
    }
}
