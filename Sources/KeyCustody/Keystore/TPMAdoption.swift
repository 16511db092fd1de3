import Foundation
import GRDB
import LedgerFormat
import ProcessBoundary

/// Puts an existing keystore under a TPM that it has never seen: new root, new counters, that TPM's keys.
///
/// ```
///    keys/adopting        durable: the mark of its counters; those of a try before are gone
/// 1  the TPM's counters   defined; undefined again if anything below fails
/// 2  root.sealed          durable: a fresh root, sealed to the new epoch counter
/// 3  keystore             one transaction: all that the old root wrapped, under the fresh one; counters; the TPM's keys
/// ```
/// Between 2 and 3 the directory opens under neither root, so this works on a copy that is thrown away when it fails, all but
/// the mark: killed at any point, even after 3, the next try begins anew and leaves nothing in the TPM. The mark goes when a
/// keeper opens the directory, which has its own name then.
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
        let mark = Self.mark(in: files.directory)
        try await mark.undefineCounters(in: files.tpm)
        let bytes = try mark.draw()
        do throws(KeyCustodyError) {
            try await adopt(hierarchy, bytes)
        } catch {
            // Where this fails, too, the mark stays for the next try.
            if (try? await mark.undefineCounters(in: files.tpm)) != nil { try? mark.remove() }
            throw error
        }
    }

    /// Ends what `run` began, once the directory is served. Counters that the keystore does not know are of a try that came to
    /// nothing.
    static func settle(_ counters: TPMCounters, in directory: String) async throws(KeyCustodyError)
    {
        let mark = mark(in: directory)
        guard mark.isThere else { return }
        var known: [TPMCounter] = []
        for purpose in CounterRecord.Purpose.allCases {
            known.append(try await counters.record(purpose).counter)
        }
        try await mark.undefineCounters(in: counters.tpm, but: known)
        try mark.remove()
    }

    private static func mark(in directory: String) -> CounterMark {
        CounterMark(path: directory + "/" + HomeLayout.adoptionName)
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
