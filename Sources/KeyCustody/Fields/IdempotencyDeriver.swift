import Crypto
import Foundation
import GRDB

/// Idempotency tags under keys that live for a day and are gone after 48 hours; from then on nobody can
/// tell which client request an audit entry answered.
///
/// A day's key is drawn at its first use and serves until the end of the next day, so that a retry across
/// midnight is recognized. Keys older than yesterday's are deleted at use, at start, and by the keeper's
/// hourly call of `expire()`.
public actor IdempotencyDeriver {
    private let keystore: Keystore
    private let root: SecretBytes
    private let clock: KeeperClock
    private var live: [UTCDay: SecretBytes] = [:]
    /// The day for which `live` is known to be complete.
    private var current: UTCDay?

    init(keystore: Keystore, root: SecretBytes, clock: KeeperClock) {
        self.keystore = keystore
        self.root = root
        self.clock = clock
    }

    /// For each input one tag per live day, today's first.
    /// - Throws: `KeyCustodyError.invalid` over a limit; `.unavailable`, `.corrupt`.
    public func tags(
        principal: String, _ inputs: [IdempotencyInput]
    ) async throws(KeyCustodyError) -> [[IdempotencyTag]] {
        guard inputs.count <= CustodyLimits.maxItems else {
            throw KeyCustodyError(
                .invalid,
                "\(inputs.count) idempotency keys in one call; send at most "
                    + "\(CustodyLimits.maxItems)")
        }
        guard (1...CustodyLimits.maxPrincipal).contains(principal.utf8.count) else {
            throw KeyCustodyError(
                .invalid, "a principal id has 1 to \(CustodyLimits.maxPrincipal) bytes")
        }
        for input in inputs {
            guard (1...CustodyLimits.maxIdempotencyKey).contains(input.key.utf8.count),
                input.requestDigest.count == 32
            else {
                throw KeyCustodyError(
                    .invalid,
                    "an idempotency key has 1 to \(CustodyLimits.maxIdempotencyKey) bytes "
                        + "and comes with a digest of 32")
            }
        }
        guard !inputs.isEmpty else { return [] }
        let keys = try await liveKeys(drawing: true)
        return inputs.map { input in keys.map { Self.tag(principal, input, under: $0) } }
    }

    /// Destroys keys older than yesterday's.
    public func expire() async throws(KeyCustodyError) {
        _ = try await liveKeys(drawing: false)
    }

    /// Today's key first, then the others, newest first.
    private func liveKeys(drawing: Bool) async throws(KeyCustodyError) -> [SymmetricKey] {
        let today = clock.today
        if current != today || (drawing && live[today] == nil) {
            try await refresh(today, drawing: drawing)
        }
        // Days after today are there only if the clock was set back; their tags still count.
        let days = live.keys.filter { $0 != today }.sorted(by: >)
        return ([today] + days).compactMap { live[$0]?.transientKey() }
    }

    private func refresh(_ today: UTCDay, drawing: Bool) async throws(KeyCustodyError) {
        let rootKey = root.transientKey()
        let (rows, destroyed) = try await keystore.commit { db in
            try db.execute(
                sql: "DELETE FROM idempotency_key WHERE day < ?", arguments: [today.dayBefore.text])
            let destroyed = db.changesCount
            if drawing {
                let binding = WrapBinding.idempotencyKey(today.text)
                try db.execute(
                    sql: "INSERT OR IGNORE INTO idempotency_key VALUES (?, ?)",
                    arguments: [
                        today.text,
                        try KeyWrap.seal(
                            SymmetricKey(size: .bits256), under: rootKey, binding: binding),
                    ])
            }
            let rows = try Row.fetchAll(db, sql: "SELECT day, wrapped FROM idempotency_key")
            return (rows.map { ($0["day"] as String, $0["wrapped"] as Data) }, destroyed)
        }
        if destroyed > 0 { await keystore.truncateLog() }
        var keys: [UTCDay: SecretBytes] = [:]
        for (text, wrapped) in rows {
            guard let day = UTCDay(text: text) else { continue }
            keys[day] = try KeyWrap.openSecret(
                wrapped, under: rootKey, binding: .idempotencyKey(text))
        }
        live = keys
        current = today
    }

    /// Each part is preceded by its length (UInt32, big-endian), so that no two inputs run together alike.
    private static func tag(
        _ principal: String, _ input: IdempotencyInput, under key: SymmetricKey
    ) -> IdempotencyTag {
        var message: [UInt8] = []
        for part in [Array(principal.utf8), Array(input.key.utf8)] {
            message.append(bigEndian: UInt32(part.count))
            message += part
        }
        let keyTag = HMAC<SHA256>.authenticationCode(for: message, using: key)
        message.append(bigEndian: UInt32(input.requestDigest.count))
        message += input.requestDigest
        let requestTag = HMAC<SHA256>.authenticationCode(for: message, using: key)
        return IdempotencyTag(key: Array(keyTag), request: Array(requestTag))
    }
}
