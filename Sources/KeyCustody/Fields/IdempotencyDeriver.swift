import Crypto
import Foundation
import GRDB

/// Idempotency tags under keys that are destroyed 48 hours after they were drawn; from then on nobody can tell
/// which client request an audit entry answered.
///
/// ```
/// hours   0        24        48        72        96
/// key A   draws tags │ only recognizes │ gone
/// key B              draws tags │ only recognizes │ gone
/// ```
/// So a request is recognized for 24 hours at least and 48 at most. Age is what counts, not the calendar. Keys are
/// destroyed at use, at start, and by the keeper's call of `expire()` every minute.
public actor IdempotencyDeriver {
    /// Seconds that a key draws new tags.
    private static let use: Int64 = 24 * 3_600
    /// Seconds until it is destroyed.
    private static let life: Int64 = 48 * 3_600

    private struct LiveKey: Sendable {
        /// Seconds since 1970.
        let drawn: Int64
        let key: SecretBytes
    }

    private let keystore: Keystore
    private let hierarchy: KeyHierarchy
    private let clock: KeeperClock
    /// Newest first; nil until read.
    private var live: [LiveKey]?

    init(keystore: Keystore, hierarchy: KeyHierarchy, clock: KeeperClock) {
        self.keystore = keystore
        self.hierarchy = hierarchy
        self.clock = clock
    }

    /// For each input one tag per live key, the newest first.
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

    /// Destroys keys that have come of age.
    public func expire() async throws(KeyCustodyError) {
        _ = try await liveKeys(drawing: false)
        await keystore.truncateIfOwed()
    }

    private func liveKeys(drawing: Bool) async throws(KeyCustodyError) -> [SymmetricKey] {
        let now = clock.now()
        var keys = isCurrent(at: now, drawing: drawing) ? live : nil
        if keys == nil {
            keys = try await hierarchy.gate.shared { () async throws(KeyCustodyError) in
                try await refresh(now, drawing: drawing)
            }
        }
        return (keys ?? []).map { $0.key.transientKey() }
    }

    private func isCurrent(at now: Int64, drawing: Bool) -> Bool {
        guard let live else { return false }
        let newest = live.first?.drawn ?? .min
        return live.allSatisfy { $0.drawn <= now && now - $0.drawn < Self.life }
            && (!drawing || newest > now - Self.use)
    }

    private func refresh(_ now: Int64, drawing: Bool) async throws(KeyCustodyError) -> [LiveKey] {
        let rootKey = hierarchy.root.transientKey()
        let (rows, destroyed) = try await keystore.commit { db in
            try db.execute(
                sql: "DELETE FROM idempotency_key WHERE drawn <= ?", arguments: [now - Self.life])
            let destroyed = db.changesCount
            try Self.bringBack(now, rootKey, db)
            let newest = try Int64.fetchOne(db, sql: "SELECT max(drawn) FROM idempotency_key")
            if drawing, newest ?? .min <= now - Self.use {
                try Self.store(SymmetricKey(size: .bits256), drawn: now, rootKey, db)
            }
            let rows = try Row.fetchAll(
                db, sql: "SELECT drawn, wrapped FROM idempotency_key ORDER BY drawn DESC")
            return (rows.map { ($0["drawn"] as Int64, $0["wrapped"] as Data) }, destroyed)
        }
        if destroyed > 0 {
            keystore.owesTruncation()
            await keystore.truncateIfOwed()
        }
        var keys: [LiveKey] = []
        for (drawn, wrapped) in rows {
            let key = try KeyWrap.openSecret(
                wrapped, under: rootKey, binding: .idempotencyKey(drawn: drawn))
            keys.append(LiveKey(drawn: drawn, key: key))
        }
        live = keys
        return keys
    }

    /// The clock was set back: keys from its future still recognize, but count as drawn now, else they would
    /// outlive their 48 hours by as much.
    private static func bringBack(_ now: Int64, _ root: SymmetricKey, _ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT drawn, wrapped FROM idempotency_key WHERE drawn > ? ORDER BY drawn DESC",
            arguments: [now])
        var free = now
        for row in rows {
            let (drawn, wrapped): (Int64, Data) = (row["drawn"], row["wrapped"])
            let key = try KeyWrap.openKey(
                wrapped, under: root, binding: .idempotencyKey(drawn: drawn))
            try db.execute(sql: "DELETE FROM idempotency_key WHERE drawn = ?", arguments: [drawn])
            while try Int.fetchOne(
                db, sql: "SELECT 1 FROM idempotency_key WHERE drawn = ?", arguments: [free]) != nil
            { free -= 1 }
            try store(key, drawn: free, root, db)
        }
    }

    private static func store(
        _ key: SymmetricKey, drawn: Int64, _ root: SymmetricKey, _ db: Database
    ) throws {
        let wrapped = try KeyWrap.seal(key, under: root, binding: .idempotencyKey(drawn: drawn))
        try db.execute(
            sql: "INSERT INTO idempotency_key VALUES (?, ?)", arguments: [drawn, wrapped])
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
