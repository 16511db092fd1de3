import Crypto
import CryptoExtras
import Foundation
import GRDB
import LedgerFormat

/// The first start: a root sealed by the TPM, and the keys below it.
///
/// ```
///    keys/policy-…             signed policies that an operator installed: of this platform, and by one key
/// 1  keys/provisioning         durable: "nothing here has ever been used", and the mark of its counters
/// 2  the TPM's counters        defined, with that mark
///    keys/root.sealed          durable
/// 3  keys/keystore.sqlite      schema, then meta and all keys in one transaction
/// 4  keys/provisioning gone    durable; only now may anything be encrypted or signed
/// ```
/// A crash before the transaction of 3 leaves the marker without `meta`: the next start begins anew, and
/// loses nothing, because nothing was used. A crash after it leaves the marker with `meta`: the next start
/// goes on with these keys. Without the marker, root and keystore are both there or neither; one alone is
/// a loss that a human must look at, and is never filled up with fresh keys.
struct Provisioner {
    let directory: String
    let logName: String
    let tpm: TPMDevice

    var files: RootFiles { RootFiles(directory: directory, tpm: tpm) }
    private var rootPath: String { files.path }
    var keystorePath: String { directory + "/" + Keystore.fileName }
    private var marker: CounterMark { CounterMark(path: directory + "/provisioning") }

    /// Root and keystore, made now if this is the first start.
    /// - Throws: `KeyCustodyError.cannotStart`, with the TPM's own error where there is one.
    func open() async throws(KeyCustodyError) -> (secrets: RootSecrets, keystore: Keystore) {
        let hasRoot = DurableFile.exists(rootPath)
        let hasKeystore = DurableFile.exists(keystorePath)
        if marker.isThere {
            return try await resume(hasRoot: hasRoot, hasKeystore: hasKeystore)
        }
        switch (hasRoot, hasKeystore) {
        case (true, true):
            return try await openExisting()
        case (false, false):
            return try await provision()
        case (true, false):
            throw KeyCustodyError(
                .cannotStart,
                "\(rootPath) is there but \(keystorePath) is missing; without it nothing that was "
                    + "encrypted can be read. Restore the keystore. To begin an empty ledger instead, "
                    + "move the whole data directory away")
        case (false, true):
            throw KeyCustodyError(
                .cannotStart,
                "\(keystorePath) is there but \(rootPath) is missing; without it the keystore cannot "
                    + "be opened. Restore the sealed root, or recover from an escrow. To begin an empty "
                    + "ledger instead, move the whole data directory away")
        }
    }

    private func resume(
        hasRoot: Bool, hasKeystore: Bool
    ) async throws(KeyCustodyError) -> (secrets: RootSecrets, keystore: Keystore) {
        if hasRoot, hasKeystore, try Keystore.isComplete(at: keystorePath) {
            let opened = try await openExisting()
            try marker.remove()
            return opened
        }
        for suffix in ["", "-wal", "-shm", "-journal"] {
            try DurableFile.remove(keystorePath + suffix)
        }
        try DurableFile.remove(rootPath)
        try DurableFile.syncDirectory(of: rootPath)
        try await marker.undefineCounters(in: tpm)
        return try await provision()
    }

    private func openExisting() async throws(KeyCustodyError) -> (
        secrets: RootSecrets, keystore: Keystore
    ) {
        let keystore = try Keystore.open(at: keystorePath)
        let sealed = try files.sealed()
        let key = try await keystore.read { db in try PolicyKeyRecord.unchecked(db) }
        guard let next = try files.next() else {
            return (try await files.unseal(sealed, key), keystore)
        }
        return (try await afterErasure(sealed, next, key, keystore), keystore)
    }

    /// An erasure was interrupted: before the keystore moved to the next root it never was, after that it is completed.
    private func afterErasure(
        _ sealed: SealedRoot, _ next: SealedRoot, _ key: PolicyKey, _ keystore: Keystore
    ) async throws(KeyCustodyError) -> RootSecrets {
        let (epoch, mac) = try await keystore.read { db in
            guard let row = try Row.fetchOne(db, sql: "SELECT epoch, root_mac FROM meta") else {
                throw KeyCustodyError(
                    .cannotStart, "the keystore was never completed; restore keys/ as one whole")
            }
            return (UInt64(bitPattern: row["epoch"]), row["root_mac"] as Data)
        }
        guard epoch == next.epoch else {
            try files.removeNext()
            return try await files.unseal(sealed, key)
        }
        let policies = try InstalledPolicies.read(directory).by(key)
        do throws(TPMError) {
            if try await tpm.value(of: next.counter) &+ 1 == next.epoch {
                let old = try RootSecrets(
                    joined: await tpm.unseal(sealed, policies))
                // Once it has counted, only this file opens the keystore.
                guard old.vouches(mac, for: next) else {
                    throw TPMError(
                        .malformed, operation: "completing an erasure",
                        hint:
                            "keys/root.next is not the file that the keystore was moved to; restore "
                            + "keys/ as one whole")
                }
                _ = try await tpm.advance(
                    next.counter, to: next.epoch, authorization: old.counterAuthorization)
            }
        } catch {
            throw KeyCustodyError(
                .cannotStart, "an erasure that was interrupted cannot be completed", tpm: error)
        }
        let secrets = try await files.unseal(next, key)
        try files.adoptNext()
        return secrets
    }

    private func provision() async throws(KeyCustodyError) -> (
        secrets: RootSecrets, keystore: Keystore
    ) {
        // Else power loss could take the whole directory, keys and all, after they were used.
        try DurableFile.syncDirectory(of: directory)
        let installed = try InstalledPolicies.read(directory)
        let key = try installed.onlyKey()
        do {
            try await tpm.approve(installed.policies)
        } catch {
            throw KeyCustodyError(
                .cannotStart, "nothing was made yet, for a platform that nobody approved of",
                tpm: error)
        }
        let mark = try marker.draw()
        let secrets = RootSecrets.random()
        let (sealed, counters, keys) = try await prepareTPM(secrets, key, mark)
        // Before anything is used: a root that is sealed and does not open is of no use.
        _ = try await files.unseal(sealed, key)
        try files.write(sealed)
        let keystore = try Keystore.create(at: keystorePath)
        let first = try FirstKeys(
            secrets, in: sealed, logName: logName, counters: counters, keys: keys,
            policyKey: key)
        try await keystore.commit { db in try first.insert(db) }
        try DurableFile.syncDirectory(of: keystorePath)
        try marker.remove()
        return (secrets, keystore)
    }

    private func prepareTPM(
        _ secrets: RootSecrets, _ key: PolicyKey, _ mark: [UInt8]
    ) async throws(KeyCustodyError) -> (SealedRoot, [CounterRecord], TPMKeys) {
        do throws(TPMError) {
            let purposes = CounterRecord.Purpose.allCases
            let defined = try await tpm.defineCounters(
                purposes.count, mark: mark, authorization: secrets.counterAuthorization)
            var counters: [CounterRecord] = []
            for (purpose, counter) in zip(purposes, defined) {
                counters.append(
                    CounterRecord(purpose, counter, first: try await tpm.value(of: counter)))
            }
            guard let epoch = counters.first(where: { $0.purpose == .epoch }) else {
                throw TPMError(
                    .refused, operation: "defining counters", hint: "the TPM made none; try again")
            }
            let sealed = try await tpm.seal(
                secrets.joined, to: key, counter: epoch.counter, epoch: epoch.first)
            return (sealed, counters, try await tpm.makeKeys())
        } catch {
            throw KeyCustodyError(.cannotStart, "the TPM cannot be made ready", tpm: error)
        }
    }
}
