import Crypto
import CryptoExtras
import Foundation
import GRDB
import LedgerFormat
import Synchronization

/// The keys of DESIGN.md "Keys" as this process holds them: the root, the few keys below it and the bucket keys
/// for good, in locked memory; subject and day keys through bounded caches.
///
/// Caches are filled only after the transaction that made a key is durable: a key that was rolled back
/// must never encrypt anything.
final class KeyHierarchy: Sendable {
    /// What an erasure replaces as one, while it holds `gate` alone.
    struct Rooted: Sendable {
        let root: SecretBytes
        /// As wrapped by this root.
        let signing: SigningKeys
        let buckets: BucketKeys
    }

    private let rooted: Mutex<Rooted>
    let dataKEK: SecretBytes
    let ticketKey: LogKey
    /// What vendors' answers come with (`CallbackToken`).
    let callbackKey: SecretBytes
    /// Under which addresses of the erased are known again (`SuppressionList`).
    let suppressionKey: SecretBytes
    /// One per indexed field.
    let indexKeys: [String: SecretBytes]
    let seal: StateSeal
    /// The TPM's key that vouches for seals now, and all that do in this generation.
    let attestationKey: TrustedKey
    let attestationKeys: [TrustedKey]
    /// What signs in the TPM, in this generation.
    let resident: ResidentKeys
    /// The operator's key to which the root is sealed.
    let policyKey: PolicyKey
    /// Generations that ended, the first one first.
    let past: [GenerationRecord]
    /// Shared by whoever works with the root or a bucket key; an erasure holds it alone while it replaces them.
    let gate = ReadersWriterLock()
    /// Shared by whoever records and signs a tree; held alone while another key takes over.
    let signingGate = ReadersWriterLock()
    let subjects = SecretKeyCache<SubjectTag>(capacity: CustodyLimits.cachedSubjectKeys)
    let dayKeys = SecretKeyCache<String>(capacity: CustodyLimits.cachedDayKeys)

    /// Opens every lasting key, which shows that root and keystore belong together, and that every record says
    /// of its key what is true.
    /// - Throws: `KeyCustodyError.cannotStart` or `.corrupt`, naming the row.
    init(root: SecretBytes, keystore: Keystore, logName: String) async throws(KeyCustodyError) {
        let rows = try await keystore.read { db in try StoredKeys(db) }
        try rows.check(root: root, logName: logName)
        let rootKey = root.transientKey()
        for record in rows.records { try Self.checkPublicKey(of: record, under: rootKey) }
        let signing = try SigningKeys(rows.records, under: rootKey)
        rooted = Mutex(
            Rooted(
                root: root, signing: signing, buckets: BucketKeys(rows.shelves, root: rootKey)))
        seal = StateSeal(key: try rows.only(.state).openSecret(under: rootKey))
        dataKEK = try rows.only(.data).openSecret(under: rootKey)
        let ticketSeed = try rows.only(.ticket).openSecret(under: rootKey)
        ticketKey = try LogKey(name: KeyRecord.ticketName, seed: ticketSeed, generation: 1)
        callbackKey = CallbackToken.key(from: ticketSeed)
        suppressionKey = try rows.only(.suppression).openSecret(under: rootKey)
        let generation = signing.generation
        (attestationKey, attestationKeys) = try await Self.attestationKeys(
            keystore, seal, generation: generation)
        policyKey = try await keystore.read { [seal] db in try PolicyKeyRecord.of(db, seal).key }
        past = try await keystore.read { [seal] db in try GenerationRecord.all(db, seal) }
        guard past.last.map({ $0.generation < generation }) ?? true else {
            throw KeyCustodyError(
                .corrupt,
                "the keystore signs for generation \(generation), which has ended; restore keys/ as one whole"
            )
        }
        resident = try ResidentKeys(
            rows.records, generation: Int64(clamping: generation), origin: signing.logKey.name,
            root: rootKey)
        var indexKeys: [String: SecretBytes] = [:]
        let wrapped = try await Self.completed(rows.indexKeys, keystore, under: rootKey)
        for (field, wrapped) in wrapped {
            indexKeys[field] = try KeyWrap.openSecret(
                wrapped, under: rootKey, binding: .indexKey(field))
        }
        self.indexKeys = indexKeys
    }

    /// A keystore from before a field had an index gets a key for it, once.
    private static func completed(
        _ known: [String: Data], _ keystore: Keystore, under root: SymmetricKey
    ) async throws(KeyCustodyError) -> [String: Data] {
        let missing = FirstKeys.indexedFields.filter { known[$0] == nil }
        guard !missing.isEmpty else { return known }
        let keys = try FirstKeys.newIndexKeys(of: missing, under: root)
        try await keystore.commit { db in try FirstKeys.insert(keys, db) }
        return known.merging(keys.map { ($0.field, $0.wrapped) }) { $1 }
    }

    var root: SecretBytes { rooted.withLock { $0.root } }
    var signing: SigningKeys { rooted.withLock { $0.signing } }
    var logKey: LogKey { signing.logKey }
    var buckets: BucketKeys { rooted.withLock { $0.buckets } }

    /// The keystore was moved to this root: the keys are the same, wrapped anew.
    func replace(root: SecretBytes, _ records: [KeyRecord]) throws(KeyCustodyError) {
        let signing = try SigningKeys(records, under: root.transientKey())
        rooted.withLock { rooted in
            rooted = Rooted(root: root, signing: signing, buckets: rooted.buckets)
        }
    }

    /// Keys were drawn, retired or destroyed under the same root.
    func replace(_ records: [KeyRecord]) throws(KeyCustodyError) {
        try replace(root: root, records)
    }

    /// Some buckets have other keys, and the subjects have none.
    func replace(_ buckets: BucketKeys, forgetting tags: some Sequence<SubjectTag>) {
        rooted.withLock { rooted in
            rooted = Rooted(root: rooted.root, signing: rooted.signing, buckets: buckets)
        }
        for tag in tags { subjects.remove(tag) }
    }

    private static func attestationKeys(
        _ keystore: Keystore, _ seal: StateSeal, generation: UInt64
    ) async throws(KeyCustodyError) -> (TrustedKey, [TrustedKey]) {
        let records = try await keystore.read { db in try AttestationKeyRecord.all(db, seal) }
        var keys: [(record: AttestationKeyRecord, key: TrustedKey)] = []
        for record in records {
            do {
                let key = try TrustedKey(
                    use: .attestation, algorithm: .ecdsaP256, name: AttestationKeyRecord.name,
                    publicKey: record.publicKey, fromSize: 0, untilSize: nil,
                    sealCounter: record.sealCounter)
                keys.append((record, key))
            } catch {
                throw KeyCustodyError(
                    .corrupt, "the keystore's attestation key is none: \(error.message)")
            }
        }
        guard let active = keys.last(where: { $0.record.untilGeneration == nil }) else {
            throw KeyCustodyError(
                .cannotStart, "the keystore holds no attestation key; restore keys/ as one whole")
        }
        return (active.key, keys.filter { $0.record.counts(in: generation) }.map(\.key))
    }

    /// Derives the public key and its id again. The binding of the row stands over both already; this holds even
    /// where a row was written wrong.
    private static func checkPublicKey(
        of record: KeyRecord, under root: SymmetricKey
    ) throws(KeyCustodyError) {
        let secret = try record.openSecret(under: root)
        guard !record.isDestroyed else { return }
        let derived: (publicKey: Data, keyID: String)?
        switch record.use {
        case .data, .suppression, .state: derived = nil
        case .checkpoint, .ticket:
            let key = try LogKey(name: record.name, seed: secret, generation: 1)
            derived = (Data(key.publicKey), key.keyIDText)
        case .segmentManifest:
            let spki = try rsaKey(secret, record).publicKey.derRepresentation
            derived = (spki, SPKI.keyID(spki))
        case .published:
            let spki = try ResidentKeys.checkpoint(record, secret).spki
            derived = (Data(spki), KeyRecord.noteKeyID(spki))
        case .receipt:
            let spki = try ResidentKeys.receipt(record, secret).spki
            derived = spki.map { (Data($0), SPKI.keyID($0)) }
        }
        guard record.publicKey == derived?.publicKey, record.keyID == derived?.keyID ?? record.name
        else {
            throw KeyCustodyError(
                .corrupt,
                "keystore row \(record.binding.row) announces another public key than its private key "
                    + "has; restore keys/ as one whole")
        }
    }

    /// Of this generation, as the trust file has them.
    func trustedKeys() throws(KeyCustodyError) -> [TrustedKey] {
        do {
            return try signing.records.map { try $0.trusted() } + resident.trusted
                + attestationKeys
        } catch {
            throw KeyCustodyError(.corrupt, "a public key of the keystore is none: \(error)")
        }
    }

    /// Of the next generation, with which the rest of one that ends is sealed.
    func comingKeys() throws(KeyCustodyError) -> [TrustedKey] {
        var audit = SigningKeys.lastingAuditKey(of: signing.records)
        audit?.fromSize = 0
        do {
            return try (audit.map { [try $0.trusted()] } ?? [])
                + (attestationKeys.contains(attestationKey) ? [] : [attestationKey])
        } catch {
            throw KeyCustodyError(.corrupt, "a public key of the keystore is none: \(error)")
        }
    }

    /// KEK-AUDIT, for one signature over a manifest of this tree size.
    /// - Parameter isLast: of its generation: then the key of the next one signs, since its own may be destroyed (FORMAT 5.3).
    /// - Throws: `KeyCustodyError.invalid` when the key for it was destroyed.
    func auditKey(
        at size: UInt64, isLast: Bool
    ) throws(KeyCustodyError) -> (id: String, key: _RSA.Signing.PrivateKey) {
        let (root, signing) = rooted.withLock { ($0.root, $0.signing) }
        let audit =
            isLast
            ? SigningKeys.lastingAuditKey(of: signing.records) : signing.auditKey(at: size)
        guard let audit else {
            throw KeyCustodyError(
                .invalid, "the key for manifests of tree size \(size) was retired and destroyed")
        }
        return (audit.keyID, try Self.rsaKey(audit.openSecret(under: root.transientKey()), audit))
    }

    private static func rsaKey(
        _ secret: SecretBytes, _ record: KeyRecord
    ) throws(KeyCustodyError) -> _RSA.Signing.PrivateKey {
        let key = secret.withUnsafeBytes { der in
            try? _RSA.Signing.PrivateKey(derRepresentation: der)
        }
        guard let key else {
            throw KeyCustodyError(
                .corrupt, "\(record.name) does not read as a key; restore keys/ as one whole")
        }
        return key
    }
}
