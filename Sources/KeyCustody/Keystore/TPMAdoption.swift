import Foundation
import GRDB
import LedgerFormat

/// Puts an existing keystore under a TPM that it has never seen: new root, new counters, that TPM's keys.
///
/// ```
/// 1  the TPM's counters   defined; undefined again if anything below fails
/// 2  root.sealed          durable: a fresh root, sealed to the new epoch counter
/// 3  keystore             one transaction: all that the old root wrapped, under the fresh one; counters; the TPM's keys
/// ```
/// Between 2 and 3 the directory opens under neither root, so this works on a copy that is thrown away when it fails.
///
/// What was signed after the copy was made is unknown here, so the keystore owes a recovery: no ordinary start opens it
/// until one has begun another generation (`Recoverer`).
struct TPMAdoption: Sendable {
    let files: RootFiles
    let keystore: Keystore

    /// - Parameters:
    ///   - hierarchy: this keystore's, open under the old root.
    /// - Throws: `KeyCustodyError.cannotStart` with the TPM's error; `.unavailable` when the keystore cannot be written.
    func run(_ hierarchy: KeyHierarchy) async throws(KeyCustodyError) {
        let mark = SecretBytes.random(count: TPMCounter.markBytes).withUnsafeBytes { Array($0) }
        do throws(KeyCustodyError) {
            try await adopt(hierarchy, mark)
        } catch {
            try? await files.tpm.undefineCounters(mark: mark)
            throw error
        }
    }

    private func adopt(_ hierarchy: KeyHierarchy, _ mark: [UInt8]) async throws(KeyCustodyError) {
        let secrets = RootSecrets.random()
        let made: (file: SealedRoot, counters: [CounterRecord], keys: TPMKeys)
        do throws(TPMError) {
            made = try await prepare(secrets, hierarchy.policyKey, mark)
        } catch {
            throw KeyCustodyError(.cannotStart, "the new TPM cannot be made ready", tpm: error)
        }
        try files.removeNext()
        try files.write(made.file)
        let (seal, generation) = (hierarchy.seal, hierarchy.logKey.generation)
        let rewrapping = Rewrapping(
            old: hierarchy.root.transientKey(), new: secrets.root.transientKey())
        let mac = secrets.mac(of: made.file)
        try await keystore.commit(weight: CustodyLimits.maxWeightPerCommit) { db in
            let counter = made.counters.first { $0.purpose == .seal }?.counter.name ?? []
            try AttestationKeyRecord.replace(
                with: made.keys.attestation, sealCounter: counter, in: Int64(clamping: generation),
                db, seal)
            for purpose in CounterRecord.Purpose.allCases {
                try FormerCounter(counter: CounterRecord.of(purpose, db, seal).counter)
                    .save(db, seal)
            }
            for var counter in made.counters {
                counter.owesRecovery = counter.purpose == .anchor
                try counter.save(db, seal)
            }
            try rewrapping.run(epoch: made.file.epoch, mac: mac, db)
            try KeyRecord.succeed(
                made.keys, in: Int64(clamping: generation) + 1, under: rewrapping.new, db)
        }
    }

    private func prepare(
        _ secrets: RootSecrets, _ key: PolicyKey, _ mark: [UInt8]
    ) async throws(TPMError) -> (SealedRoot, [CounterRecord], keys: TPMKeys) {
        let purposes = CounterRecord.Purpose.allCases
        let defined = try await files.tpm.defineCounters(
            purposes.count, mark: mark, authorization: secrets.counterAuthorization)
        var counters: [CounterRecord] = []
        for (purpose, counter) in zip(purposes, defined) {
            counters.append(
                CounterRecord(purpose, counter, first: try await files.tpm.value(of: counter)))
        }
        guard let epoch = counters.first(where: { $0.purpose == .epoch }) else {
            throw TPMError(
                .refused, operation: "defining counters", hint: "the TPM made none; try again")
        }
        let file = try await files.tpm.seal(
            secrets.joined, to: key, counter: epoch.counter, epoch: epoch.first)
        return (file, counters, try await files.tpm.makeKeys())
    }
}
