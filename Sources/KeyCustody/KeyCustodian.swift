public import Foundation
import GRDB
import ProcessBoundary

/// The keeper's keys, open and ready: what `chancery-keeper` serves, without the process around it.
///
/// Directory `keys/`: `root.sealed`, `keystore.sqlite`, `lock`, signed policies `policy-…`; `provisioning` during the first start only, `root.next`
/// during an erasure only, `adopting` until a restored directory is served.
public final class KeyCustodian: Sendable {
    public let cipher: FieldCipher
    public let index: BlindIndex
    public let callerAddresses: CallerAddresses
    public let idempotency: IdempotencyDeriver
    public let reindexer: Reindexer
    public let relabeller: Relabeller
    public let anchorer: Anchorer
    public let treeSigner: TreeSigner
    public let manifestSigner: ManifestSigner
    public let publishedSigner: PublishedSigner
    public let receiptSigner: ReceiptSigner
    public let eraser: Eraser
    public let erasureAuthorizer: ErasureAuthorizer
    public let ticketIssuer: TicketIssuer
    public let suppression: SuppressionList
    public let erasureCertifier: ErasureCertifier
    public let rotator: KeyRotator
    public let recoverer: Recoverer
    public let escrow: EscrowIssuer
    /// The TPM's address and maker, for health.
    public let tpmDescription: String

    /// Of the log that they sign (FORMAT 4).
    public var origin: String { hierarchy.logKey.name }

    let keystore: Keystore
    let hierarchy: KeyHierarchy
    private let subjectKeys: SubjectKeys
    private let introducing = SecretBytes.random(count: 32)
    let counters: TPMCounters
    private let files: RootFiles
    let lock: FileLock

    /// Opens the keys, or makes them at the first start (seconds: an RSA-4096 key is among them).
    /// - Parameters:
    ///   - directory: `keys/`, made with mode 0700 if missing.
    ///   - logName: what the origin begins with, e.g. `chancery.localhost`; fixed at the first start.
    ///   - recovering: opens also a directory that is not the TPM's newest, for `recoverer` alone: it must sign nothing new.
    /// - Throws: `KeyCustodyError.cannotStart` saying what is wrong and what to do; its `tpm` is set when
    ///   the TPM is the cause, so that a caller may wait for one that is `absent`.
    public static func open(
        directory: String, logName: String, tpm: TPMDevice, clock: KeeperClock = .system,
        recovering: Bool = false
    ) async throws(KeyCustodyError) -> KeyCustodian {
        try checkLogName(logName)
        try makeDirectory(directory)
        let lock = try takeLock(directory)
        let identity: String
        do throws(TPMError) {
            identity = try await tpm.identify()
        } catch {
            throw KeyCustodyError(.cannotStart, "the TPM cannot be used", tpm: error)
        }
        let provisioner = Provisioner(directory: directory, logName: logName, tpm: tpm)
        guard !recovering || DurableFile.exists(provisioner.keystorePath) else {
            throw KeyCustodyError(
                .cannotStart,
                "there is no keystore in \(directory) to recover with; restore keys/ first")
        }
        let (secrets, keystore) = try await provisioner.open()
        let hierarchy = try await KeyHierarchy(
            root: secrets.root, keystore: keystore, logName: logName)
        let counters = TPMCounters(
            tpm: tpm, keystore: keystore, seal: hierarchy.seal,
            authorization: secrets.counterAuthorization)
        // Signs nothing for a directory that is not the TPM's newest.
        if recovering {
            try await counters.check(.epoch)
        } else {
            guard try await !counters.record(.anchor).owesRecovery else { throw Recoverer.owed }
            for purpose in CounterRecord.Purpose.allCases { try await counters.check(purpose) }
        }
        let limit = try await limit(counters, hierarchy, recovering: recovering)
        try await TPMAdoption.settle(counters, in: directory)
        let subjects = try await keystore.read { db in try SubjectRow.count(db) }
        let custodian = KeyCustodian(
            keystore: keystore, hierarchy: hierarchy, counters: counters, files: provisioner.files,
            lock: lock,
            subjectKeys: SubjectKeys(
                keystore: keystore, hierarchy: hierarchy, clock: clock,
                count: subjects),
            limit: limit, clock: clock,
            tpmDescription: "\(tpm.address.text), \(identity)")
        try await custodian.tryNow { () throws(KeyCustodyError) in
            try await custodian.idempotency.expire()
        }
        if !recovering {
            try await custodian.tryNow { () throws(KeyCustodyError) in
                try await custodian.anchorer.move()
            }
        }
        return custodian
    }

    private static func limit(
        _ counters: TPMCounters, _ hierarchy: KeyHierarchy, recovering: Bool
    ) async throws(KeyCustodyError) -> UInt64? {
        guard !recovering else { return nil }
        let (record, value) = try await counters.current(.anchor)
        let tree = TreeRecord(generation: hierarchy.logKey.generation, seal: hierarchy.seal)
        let size = try await counters.keystore.read { db in try tree.frontier(db).size }
        return Anchorer.limit(record, value: value, treeSize: size)
    }

    /// On a full disk the keeper must start all the same: it is what an operator's way out is signed with. Later calls
    /// try again.
    private func tryNow(
        _ body: () async throws(KeyCustodyError) -> Void
    ) async throws(KeyCustodyError) {
        do throws(KeyCustodyError) {
            try await body()
        } catch {
            guard error.code == .unavailable else { throw error }
        }
    }

    private init(
        keystore: Keystore, hierarchy: KeyHierarchy, counters: TPMCounters, files: RootFiles,
        lock: FileLock, subjectKeys: SubjectKeys, limit: UInt64?,
        clock: KeeperClock, tpmDescription: String
    ) {
        self.keystore = keystore
        self.hierarchy = hierarchy
        self.files = files
        self.lock = lock
        self.subjectKeys = subjectKeys
        self.tpmDescription = tpmDescription
        cipher = FieldCipher(keys: subjectKeys)
        index = BlindIndex(keys: hierarchy.indexKeys)
        callerAddresses = CallerAddresses(keys: subjectKeys)
        idempotency = IdempotencyDeriver(keystore: keystore, hierarchy: hierarchy, clock: clock)
        reindexer = Reindexer(cipher: cipher, index: index)
        relabeller = Relabeller(cipher: cipher)
        erasureAuthorizer = ErasureAuthorizer(reindexer: reindexer, hierarchy: hierarchy)
        ticketIssuer = TicketIssuer(keystore: keystore, hierarchy: hierarchy, clock: clock)
        suppression = SuppressionList(keystore: keystore, hierarchy: hierarchy, cipher: cipher)
        anchorer = Anchorer(
            keystore: keystore, hierarchy: hierarchy, counters: counters, limit: limit)
        treeSigner = TreeSigner(keystore: keystore, hierarchy: hierarchy, anchorer: anchorer)
        manifestSigner = ManifestSigner(
            keystore: keystore, hierarchy: hierarchy, counters: counters)
        publishedSigner = PublishedSigner(
            tree: treeSigner, tpm: counters.tpm, keys: hierarchy.resident)
        receiptSigner = ReceiptSigner(hierarchy: hierarchy, tpm: counters.tpm)
        erasureCertifier = ErasureCertifier(
            keystore: keystore, hierarchy: hierarchy, clock: clock, signer: receiptSigner)
        eraser = Eraser(
            keystore: keystore, hierarchy: hierarchy, counters: counters, subjects: subjectKeys,
            files: files)
        rotator = KeyRotator(keystore: keystore, hierarchy: hierarchy, eraser: eraser)
        recoverer = Recoverer(
            keystore: keystore, hierarchy: hierarchy, counters: counters, clock: clock)
        escrow = EscrowIssuer(
            keystore: keystore, hierarchy: hierarchy, clock: clock, keysDirectory: files.directory)
        self.counters = counters
    }

    /// Puts another day key in the place of the one that encrypts.
    /// - Returns: its name.
    public func rotateDayKey() async throws(KeyCustodyError) -> String {
        try await subjectKeys.rotateDayKey()
    }

    /// Under which the ledger knows the keeper's word, about new contacts and relabels: 32 bytes, another one at each start, and no key of anything else,
    /// since it leaves this process.
    public var introductionKey: Data { introducing.withUnsafeBytes { Data($0) } }

    /// That verifies tickets: Ed25519, 32 bytes.
    public var ticketKey: Data { Data(hierarchy.ticketKey.publicKey) }

    /// Data subjects that have a key.
    public var subjectCount: UInt64 { subjectKeys.count }

    /// Origin, generation, public keys of the trust file, size last recorded.
    public func publicKeys() async throws(KeyCustodyError) -> PublicKeys {
        let log = hierarchy.logKey
        let (owesEpoch, dayKeys) = try await keystore.read { db in
            (try Keystore.owesEpoch(db), try KeyHierarchy.dayKeys(db))
        }
        // Until the TPM has counted, an older copy would still open.
        let destroyed =
            owesEpoch || files.hasNext
            ? [] : hierarchy.signing.records.filter(\.isDestroyed).map(\.keyID)
        return PublicKeys(
            origin: log.name, generation: log.generation,
            keys: try hierarchy.trustedKeys().map {
                PublicKeyRecord($0, isDestroyed: destroyed.contains($0.keyID))
            },
            treeSize: try await treeSigner.recordedSize(), past: hierarchy.past.map(\.keys),
            coming: try hierarchy.comingKeys().map { PublicKeyRecord($0) }, dayKeys: dayKeys,
            recovered: hierarchy.past.last?.recovered)
    }

    /// Where the counters stand, by the keystore: the TPM is not asked.
    public func counterValues() async throws(KeyCustodyError) -> CounterValues {
        let seal = hierarchy.seal
        return try await keystore.read { db in
            func record(_ purpose: CounterRecord.Purpose) throws -> CounterRecord {
                try CounterRecord.of(purpose, db, seal)
            }
            let seals = try record(.seal)
            return CounterValues(
                seals: seals.intended &- seals.first, epoch: try record(.epoch).intended,
                anchor: try record(.anchor).intended)
        }
    }

    /// Closes the keystore; call after the last request was answered.
    /// - Parameter anchoring: not of a directory that was opened for its recovery.
    public func close(anchoring: Bool = true) async throws {
        // A TPM that is away does not keep the keeper from ending: the next start anchors.
        if anchoring { try? await anchorer.end() }
        try await keystore.close()
    }

    /// The name goes into origins and note key names: no spaces, no `+`, nothing that breaks a line.
    private static func checkLogName(_ name: String) throws(KeyCustodyError) {
        let allowed = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard allowed, (1...200).contains(name.utf8.count) else {
            throw KeyCustodyError(
                .cannotStart,
                "the log's name is 1 to 200 lower-case letters, digits, dots and hyphens, such as "
                    + "chancery.localhost")
        }
    }

    /// One keeper per keystore.
    private static func takeLock(_ directory: String) throws(KeyCustodyError) -> FileLock {
        let lock: FileLock?
        do throws(SystemError) {
            lock = try FileLock(file: directory + "/lock")
        } catch {
            throw KeyCustodyError(.cannotStart, error.description)
        }
        guard let lock else {
            throw KeyCustodyError(
                .cannotStart,
                "another keeper already uses \(directory); stop it first (see run/chancery-keeper.pid)"
            )
        }
        return lock
    }

    private static func makeDirectory(_ directory: String) throws(KeyCustodyError) {
        // Its parent is synced by the first start, whoever made it.
        guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
            throw KeyCustodyError(
                .cannotStart,
                "cannot make \(directory): \(String(cString: strerror(errno))); make its parent first"
            )
        }
    }
}
