import ContactModel
import Crypto
import CryptoExtras
import Foundation
import LedgerFormat
import LedgerStore
import Synchronization

/// A signer with the keeper's rules and no keeper: it rebuilds the tree, records each boundary before it signs,
/// never signs two trees of one size. Its "ciphertexts" are the values themselves, so it can reindex.
final class LocalSigner: TreeSigner, Reindexer, Forgetter {
    static let origin = "test.localhost/g1"
    /// Takes a second to draw, so all tests share it.
    private static let auditKey = Result {
        try _RSA.Signing.PrivateKey(keySize: .init(bitCount: 4_096))
    }

    struct State: Sendable {
        var frontier = MerkleFrontier()
        var roots: [UInt64: Digest32] = [:]
        var manifests: [UInt64: (size: UInt64, root: Digest32)] = [:]
        var isAway = false
        /// The next signatures are recorded, but their replies are lost.
        var lostReplies = 0
        var erased: Set<SubjectTag> = []
        var epoch: UInt64 = 1
        /// Of erasures only; it signs all the same.
        var cannotForget = false
        var signCalls = 0
    }

    enum Refusal: Error {
        case away
        case manifest
    }

    private let log: Curve25519.Signing.PrivateKey
    private let audit: _RSA.Signing.PrivateKey
    private let logKey: TrustedKey
    private let manifestKey: TrustedKey
    private let state: Mutex<State>
    private let forgetHook = Mutex<(@Sendable () -> Void)?>(nil)
    private let hook = Mutex<(@Sendable () -> Void)?>(nil)

    /// Runs when a tree is recorded and its reply is on its way.
    func onRecorded(_ body: (@Sendable () -> Void)?) { hook.withLock { $0 = body } }

    /// Runs before an erasure is answered.
    func onForget(_ body: (@Sendable () -> Void)?) { forgetHook.withLock { $0 = body } }

    convenience init() throws {
        try self.init(log: Curve25519.Signing.PrivateKey(), state: State())
    }

    private init(log: Curve25519.Signing.PrivateKey, state: State) throws {
        self.log = log
        audit = try Self.auditKey.get()
        logKey = try TrustedKey(
            use: .checkpoint, algorithm: .ed25519, name: Self.origin,
            publicKey: Array(log.publicKey.rawRepresentation), fromSize: 0, untilSize: nil)
        manifestKey = try TrustedKey(
            use: .segmentManifest, algorithm: .rsaPSS4096, name: "KEK-AUDIT",
            publicKey: Array(audit.publicKey.derRepresentation), fromSize: 0, untilSize: nil)
        self.state = Mutex(state)
    }

    /// The same signer as it is now, as a keystore that survives a crash of the ledger.
    func copy() throws -> LocalSigner {
        try LocalSigner(log: log, state: state.withLock { $0 })
    }

    func change<Value>(_ body: (inout State) -> Value) -> Value { state.withLock { body(&$0) } }

    // MARK: - TreeSigner

    func identity() throws -> SignerIdentity {
        let size = try state.withLock { state in
            if state.isAway { throw Refusal.away }
            return state.frontier.size
        }
        return SignerIdentity(
            origin: Self.origin, generation: 1, keys: [logKey, manifestKey], treeSize: size)
    }

    func sign(fromSize: UInt64, leafHashes: [Digest32]) throws -> [UInt8] {
        let (size, root, isLost) = try state.withLock { state in
            if state.isAway { throw Refusal.away }
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

    func resign(size: UInt64) throws -> [UInt8] {
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
        let value = try audit.signature(
            for: SHA256.hash(data: manifest.signingInput()), padding: .PSS)
        return SegmentManifest(
            body: manifest,
            signature: try SegmentManifestSignature(
                keyID: manifestKey.keyID, value: Array(value.rawRepresentation)))
    }

    private func note(_ size: UInt64, _ root: Digest32) throws -> [UInt8] {
        let checkpoint = try Checkpoint(origin: Self.origin, size: size, root: root)
        guard let key = logKey.noteKey else { throw Refusal.manifest }
        return try checkpoint.signedNote(keyName: Self.origin, keyID: key.keyID) {
            Array(try log.signature(for: $0))
        }.bytes
    }

    // MARK: - Forgetter

    func forget(_ orders: [[UInt8]]) throws -> ErasureEpochs {
        forgetHook.withLock { $0 }?()
        let subjects = try orders.map { bytes in
            guard let extra = try InclusionReceipt(parsing: bytes).extra,
                let subject = try EntryHeader(canonical: extra).subject
            else { throw Refusal.manifest }
            return subject
        }
        return try state.withLock { state in
            if state.isAway || state.cannotForget { throw Refusal.away }
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
            return Digest32(item.value.ciphertext).map { .index($0) } ?? .unreadable
        }
    }
}
