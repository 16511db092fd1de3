import ContactModel
import Crypto
import Foundation
import LedgerFormat

/// Ends a generation of which signed entries may be lost, and begins the next, in a directory that is not the newest its TPM
/// knows: restored from a backup, left behind by a copy, or with a TPM of an older state.
///
/// ```
/// 1  begin         the keystore owes a recovery: nothing is signed any more but what was, and the seal of the rest;
///                  the counters are where the TPM has them, and that is not behind where they ever were
/// 2  the ledger    seals what it has of the generation
/// 3  end           one transaction: a new log key, the old one destroyed, what is known of both written down
/// ```
/// Every step may be repeated. From 1 on the ordinary start refuses until 3 is done.
public struct Recoverer: Sendable {
    private let keystore: Keystore
    private let hierarchy: KeyHierarchy
    private let counters: TPMCounters

    static let owed = KeyCustodyError(
        .equivocation,
        "this data directory was restored, or its recovery was begun: nothing is signed before `chancery recover` "
            + "has ended its generation")

    init(keystore: Keystore, hierarchy: KeyHierarchy, counters: TPMCounters) {
        self.keystore = keystore
        self.hierarchy = hierarchy
        self.counters = counters
    }

    /// Why the ordinary start refuses; nil: it does not.
    /// - Throws: `KeyCustodyError.unavailable` when the TPM does not answer.
    public func problem() async throws(KeyCustodyError) -> String? {
        guard try await !isOwed() else { return Self.owed.message }
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
    ///   - note: the largest checkpoint that the segments have.
    /// - Throws: `KeyCustodyError.invalid` for what this keeper did not sign; `.equivocation` for a checkpoint with another root
    ///   than it signed; `.unavailable`.
    public func begin(manifest: [UInt8]?, note: [UInt8]) async throws(KeyCustodyError) {
        let checkpoint = try signed(note)
        let last = try manifest.map { file throws(KeyCustodyError) in try signed(manifest: file) }
        let seal = hierarchy.seal
        let tree = TreeRecord(generation: hierarchy.logKey.generation, seal: seal)
        var found: [(CounterRecord.Purpose, UInt64)] = []
        for purpose in [CounterRecord.Purpose.seal, .anchor] {
            found.append((purpose, try await counters.caughtUp(purpose)))
        }
        try await keystore.commit(.signing) { [found] db in
            try db.execute(sql: "UPDATE meta SET owes_recovery = 1")
            for (purpose, value) in found {
                var record = try CounterRecord.of(purpose, db, seal)
                record.adopt(value)
                try record.save(db, seal)
            }
            try ManifestRecord.drop(after: last?.body.segment ?? 0, db)
            if let last {
                try ManifestRecord(last, counter: last.attestation?.counter ?? 0).save(db, seal)
            }
            try tree.remember(checkpoint.size, checkpoint.root, db)
        }
    }

    /// - Parameters:
    ///   - note: the checkpoint of all that the segments have, which is sealed.
    ///   - reason: an operator's words.
    /// - Returns: the generation that begins.
    /// - Throws: `KeyCustodyError.invalid` before `begin`; as `begin`.
    public func end(note: [UInt8], reason: String) async throws(KeyCustodyError) -> UInt64 {
        guard (1...LedgerLimits.maxRecoveryReasonBytes).contains(reason.utf8.count) else {
            throw KeyCustodyError(
                .invalid,
                "a recovery needs a reason of at most \(LedgerLimits.maxRecoveryReasonBytes) bytes")
        }
        guard try await isOwed() else {
            throw KeyCustodyError(.invalid, "no recovery was begun; nothing ends")
        }
        let (key, seal) = (hierarchy.logKey, hierarchy.seal)
        let checkpoint = try signed(note)
        let recorded = try await keystore.read { db in
            try TreeRecord(generation: key.generation, seal: seal).frontier(db)
        }
        var event = LedgerRecovered(
            certifyAttest: Data(), certifySignature: Data(), ended: key.generation,
            knownRoot: checkpoint.root.hex, knownSize: checkpoint.size, reason: reason,
            root: checkpoint.root.hex, salt: Self.salt(), size: checkpoint.size)
        if recorded.size > checkpoint.size {
            event.knownRoot = recorded.root.hex
            event.knownSize = recorded.size
        }
        (event.certifyAttest, event.certifySignature) = try await certified(event)
        return try await turn(
            with: GenerationRecord(
                keys: .init(
                    generation: key.generation, origin: key.name, keys: try trustedKeys()),
                recovered: EventCoding.encode(event)))
    }

    // MARK: - Steps

    private func turn(with ended: GenerationRecord) async throws(KeyCustodyError) -> UInt64 {
        let (seal, next) = (hierarchy.seal, ended.generation + 1)
        let root = hierarchy.root.transientKey()
        try await keystore.commit(.signing) { db in
            guard let name = try String.fetchOne(db, sql: "SELECT log_name FROM meta") else {
                throw KeyCustodyError(.corrupt, "the keystore was never completed")
            }
            try ended.insert(db, seal)
            for record in try KeyRecord.all(db) where record.use == .checkpoint {
                try record.destroy(db)
            }
            try FirstKeys.logKey(name, generation: next, under: root).insert(db)
            try TreeRecord(generation: next, seal: seal).begin(db)
            try db.execute(sql: "DELETE FROM signed WHERE generation < ?", arguments: [Int64(next)])
            try db.execute(sql: "UPDATE meta SET owes_recovery = 0")
        }
        return next
    }

    private func isOwed() async throws(KeyCustodyError) -> Bool {
        try await keystore.read { db in
            try Bool.fetchOne(db, sql: "SELECT owes_recovery FROM meta") ?? false
        }
    }

    private func signed(_ note: [UInt8]) throws(KeyCustodyError) -> Checkpoint {
        let key = hierarchy.logKey
        guard let noteKey = NoteKey.ed25519(name: key.name, publicKey: key.publicKey),
            let verified = try? SignedNote(parsing: note).verified(by: [noteKey]),
            let checkpoint = try? Checkpoint(parsing: verified.text),
            checkpoint.origin == key.name, checkpoint.size > 0
        else {
            throw KeyCustodyError(
                .invalid, "this is no checkpoint that this keeper signed for \(key.name)")
        }
        return checkpoint
    }

    private func signed(manifest file: [UInt8]) throws(KeyCustodyError) -> SegmentManifest {
        guard let manifest = try? SegmentManifest(parsing: file),
            let spki = hierarchy.audit.publicKey,
            (try? manifest.verifySignature(spki: [UInt8](spki))) != nil
        else {
            throw KeyCustodyError(.invalid, "this is no manifest that this keeper signed")
        }
        return manifest
    }

    private func trustedKeys() throws(KeyCustodyError) -> [TrustedKey] {
        do {
            return try hierarchy.published.map { try $0.trusted() } + hierarchy.attestationKeys
        } catch {
            throw KeyCustodyError(.corrupt, "a public key of the keystore is none: \(error)")
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
            let certify = try await counters.tpm.attest(digest, counter).certify
            return (Data(certify.attest), Data(certify.signature))
        } catch {
            throw KeyCustodyError(.unavailable, "the TPM cannot certify the recovery", tpm: error)
        }
    }

    private static func salt() -> Data {
        SecretBytes.random(count: 16).withUnsafeBytes { Data($0) }
    }
}
