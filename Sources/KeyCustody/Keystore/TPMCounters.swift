import Foundation

/// Moves this ledger's counters in the TPM. The value that a step leads to is in the keystore before the TPM counts,
/// so that a step that a crash interrupted is told from a keystore that is older than its TPM.
struct TPMCounters: Sendable {
    let tpm: TPMDevice
    let keystore: Keystore
    let seal: StateSeal
    let authorization: SecretBytes

    /// Takes the counter to `target`, one step at most. Safe to repeat, also at once.
    ///
    /// - Parameter finalSize: of the anchor, see `CounterRecord`.
    /// - Throws: `KeyCustodyError.equivocation`, naming both values, when keystore and TPM do not belong to the same
    ///   moment; `.unavailable` when the TPM cannot be used just now.
    func advance(
        _ purpose: CounterRecord.Purpose, to target: UInt64, finalSize: UInt64? = nil
    ) async throws(KeyCustodyError) -> TPMCounter {
        let seal = seal
        let record = try await keystore.commit { db in
            var record = try CounterRecord.of(purpose, db, seal)
            guard record.intended != target || record.finalSize != finalSize else {
                return record
            }
            guard record.intended == target || record.intended &+ 1 == target else {
                throw KeyCustodyError(
                    .equivocation,
                    "the \(purpose.rawValue) counter was to go from \(record.intended) to \(target): "
                        + "that is not one step")
            }
            record.move(to: target, finalSize: finalSize)
            try record.save(db, seal)
            return record
        }
        let value = try await ask { tpm throws(TPMError) in
            try await tpm.advance(record.counter, to: target, authorization: authorization)
        }
        guard value == target else { throw Self.contradiction(purpose, target, value) }
        return record.counter
    }

    /// One step from where it stands.
    func advance(_ purpose: CounterRecord.Purpose) async throws(KeyCustodyError) -> UInt64 {
        let (record, value) = try await current(purpose)
        let target = record.intended == value ? value + 1 : record.intended
        _ = try await advance(purpose, to: target)
        return target
    }

    /// - Throws: `KeyCustodyError.equivocation` when the keystore is older or newer than its TPM.
    func check(_ purpose: CounterRecord.Purpose) async throws(KeyCustodyError) {
        _ = try await current(purpose)
    }

    /// - Throws: as `check`.
    func current(
        _ purpose: CounterRecord.Purpose
    ) async throws(KeyCustodyError) -> (record: CounterRecord, value: UInt64) {
        var record = try await record(purpose)
        var value = try await value(purpose)
        // A step that somebody else makes meanwhile is no contradiction.
        while case let now = try await self.record(purpose), now.intended != record.intended {
            record = now
            value = try await self.value(purpose)
        }
        guard value == record.intended || value &+ 1 == record.intended else {
            throw Self.contradiction(purpose, record.intended, value)
        }
        return (record, value)
    }

    func record(
        _ purpose: CounterRecord.Purpose
    ) async throws(KeyCustodyError) -> CounterRecord {
        let seal = seal
        return try await keystore.read { db in try CounterRecord.of(purpose, db, seal) }
    }

    /// As the TPM has it.
    func value(_ purpose: CounterRecord.Purpose) async throws(KeyCustodyError) -> UInt64 {
        let counter = try await record(purpose).counter
        return try await ask { tpm throws(TPMError) in try await tpm.value(of: counter) }
    }

    /// Counts a TPM of an older state on to where the keystore knows it: a value never comes twice.
    ///
    /// - Returns: where it stands then; further than the keystore knows, where that is the older one.
    func caughtUp(
        _ purpose: CounterRecord.Purpose, atLeast least: UInt64 = 0
    ) async throws(KeyCustodyError) -> UInt64 {
        let record = try await record(purpose)
        let target = max(record.intended, least)
        var value = try await value(purpose)
        guard target < value || target - value <= Self.mostSteps else {
            throw Self.contradiction(purpose, target, value)
        }
        while value < target {
            let next = value + 1
            value = try await ask { tpm throws(TPMError) in
                try await tpm.advance(record.counter, to: next, authorization: authorization)
            }
        }
        return value
    }

    /// A step takes a few milliseconds, and wears out the TPM's memory.
    private static let mostSteps: UInt64 = 10_000

    private func ask<Value>(
        _ body: (TPMDevice) async throws(TPMError) -> Value
    ) async throws(KeyCustodyError) -> Value {
        do {
            return try await body(tpm)
        } catch {
            throw KeyCustodyError(.unavailable, "the TPM's counters cannot be used", tpm: error)
        }
    }

    private static func contradiction(
        _ purpose: CounterRecord.Purpose, _ known: UInt64, _ value: UInt64
    ) -> KeyCustodyError {
        let which =
            value > known
            ? "this data directory is older than its TPM: it was restored from a backup, or a copy of it "
                + "has been running"
            : "this data directory is newer than its TPM: the TPM's state was restored from a backup"
        return KeyCustodyError(
            .equivocation,
            "the TPM's \(purpose.rawValue) counter stands at \(value), the keystore knows \(known): "
                + "\(which). Stop every copy, and start the directory that wrote last; if it is lost, `chancery recover` "
                + "goes on with this one")
    }
}
