import Crypto
import Foundation
import GRDB
import LedgerFormat
import Synchronization

/// Finds, and where allowed draws, the subject and day keys that a batch needs, in as few keystore
/// transactions as possible. Callers that wait at the same time share a commit.
final class SubjectKeys: Sendable {
    private let keystore: Keystore
    private let hierarchy: KeyHierarchy
    private let clock: KeeperClock
    private let counted: Mutex<UInt64>
    /// Id of the day key that encrypted last; ids sort as their days do.
    private let active = Mutex<String?>(nil)

    /// - Parameter count: subjects in the keystore now.
    init(keystore: Keystore, hierarchy: KeyHierarchy, clock: KeeperClock, count: UInt64) {
        self.keystore = keystore
        self.hierarchy = hierarchy
        self.clock = clock
        counted = Mutex(count)
    }

    /// Data subjects that have a key.
    var count: UInt64 { counted.withLock { $0 } }

    /// So many subjects were erased.
    func forgot(_ erased: Int) {
        counted.withLock { $0 -= min($0, UInt64(erased)) }
    }

    /// Keys of subjects that have a row; a row that does not open is told apart from one that is not there.
    func existing(_ tags: Set<SubjectTag>) async throws(KeyCustodyError) -> SubjectKeyring {
        var (ring, missing) = cached(tags)
        guard !missing.isEmpty else { return ring }
        ring.merge(
            try await hierarchy.gate.shared { () async throws(KeyCustodyError) in
                try await read(missing)
            })
        return ring
    }

    private func read(_ tags: Set<SubjectTag>) async throws(KeyCustodyError) -> SubjectKeyring {
        let rows = try await keystore.read { db in
            try tags.compactMap { try SubjectRow.find($0, db) }
        }
        var read = SubjectKeyring()
        for row in rows {
            read[row.tag] = Self.result { () throws(KeyCustodyError) in
                try row.open(hierarchy.buckets)
            }
        }
        keep(read)
        return read
    }

    /// Existing keys of `tags`, new ones for those without. Durable when it returns. No second key is drawn
    /// for a subject whose row does not open.
    ///
    /// Keys are drawn and wrapped before the transaction and found ones opened after it, so that nobody, the
    /// signer least of all, waits for a cipher; and in slices, so that nobody waits for a large batch.
    func existingOrNew(_ tags: Set<SubjectTag>) async throws(KeyCustodyError) -> SubjectKeyring {
        var (ring, missing) = cached(tags)
        var rest = Array(missing)[...]
        while !rest.isEmpty {
            let slice = rest.prefix(CustodyLimits.maxDrawsPerCommit)
            rest = rest.dropFirst(slice.count)
            ring.merge(
                try await hierarchy.gate.shared { () async throws(KeyCustodyError) in
                    try await draw(slice)
                })
        }
        return ring
    }

    private func draw(_ tags: ArraySlice<SubjectTag>) async throws(KeyCustodyError)
        -> SubjectKeyring
    {
        var ring = SubjectKeyring()
        var drawn: [SubjectRow] = []
        for tag in tags {
            let key = SymmetricKey(size: .bits256)
            ring[tag] = Self.result { () throws(KeyCustodyError) in
                drawn.append(try SubjectRow(tag, key, hierarchy.buckets))
                return key
            }
        }
        let rows = drawn
        let insertions = try await keystore.commit(weight: rows.count) { db in
            try rows.map { try $0.insertOrFind(db) }
        }
        var stored = 0
        for (row, insertion) in zip(rows, insertions) {
            switch insertion {
            case .stored: stored += 1
            // Whoever was first has drawn the key that counts.
            case .found(let row):
                ring[row.tag] = Self.result { () throws(KeyCustodyError) in
                    try row.open(hierarchy.buckets)
                }
            case .erased:
                ring[row.tag] = .failure(
                    KeyCustodyError(
                        .notFound, "the subject \(row.tag.hex) was erased and gets no key again"))
            }
        }
        counted.withLock { [stored] in $0 += UInt64(stored) }
        keep(ring)
        return ring
    }

    private static func result(
        _ body: () throws(KeyCustodyError) -> SymmetricKey
    ) -> Result<SymmetricKey, KeyCustodyError> {
        do throws(KeyCustodyError) {
            return .success(try body())
        } catch {
            return .failure(error)
        }
    }

    private func keep(_ ring: SubjectKeyring) {
        for case (let tag, .success(let key)) in ring.found {
            hierarchy.subjects.insert(key, for: tag)
        }
    }

    /// The key that encrypts today, made durable first if this is the day's first use.
    func dayKeyOfToday() async throws(KeyCustodyError) -> (id: String, key: SymmetricKey) {
        let now = clock.now()
        let today = KeyHierarchy.dayKeyName(at: now)
        let known = active.withLock { $0 }
        if let known, known >= today, let key = hierarchy.dayKeys[known] { return (known, key) }
        let hierarchy = hierarchy
        let (id, key) = try await keystore.commit { db in
            try hierarchy.activeDayKey(at: now, db)
        }
        encryptFromNowOn(with: id, key)
        return (id, key)
    }

    /// Another day key takes over now; those before it decrypt.
    func rotateDayKey() async throws(KeyCustodyError) -> String {
        let (hierarchy, now) = (hierarchy, clock.now())
        let (id, key) = try await keystore.commit { db in try hierarchy.nextDayKey(at: now, db) }
        encryptFromNowOn(with: id, key)
        return id
    }

    private func encryptFromNowOn(with id: String, _ key: SymmetricKey) {
        hierarchy.dayKeys.insert(key, for: id)
        active.withLock { $0 = max($0 ?? id, id) }
    }

    /// Day keys that exist; a row that does not open is told apart from one that is not there.
    func dayKeys(
        _ ids: Set<String>
    ) async throws(KeyCustodyError) -> [String: Result<SymmetricKey, KeyCustodyError>] {
        var found: [String: Result<SymmetricKey, KeyCustodyError>] = [:]
        for id in ids { found[id] = hierarchy.dayKeys[id].map { .success($0) } }
        let missing = ids.filter { found[$0] == nil }
        guard !missing.isEmpty else { return found }
        let hierarchy = hierarchy
        let read = try await keystore.read { db in
            var keys: [String: Result<SymmetricKey, KeyCustodyError>] = [:]
            for id in missing {
                do {
                    keys[id] = try hierarchy.dayKey(id, db).map { .success($0) }
                } catch let error as KeyCustodyError where error.code == .corrupt {
                    keys[id] = .failure(error)
                }
            }
            return keys
        }
        for (id, result) in read {
            if case .success(let key) = result { hierarchy.dayKeys.insert(key, for: id) }
            found[id] = result
        }
        return found
    }

    private func cached(_ tags: Set<SubjectTag>) -> (SubjectKeyring, missing: Set<SubjectTag>) {
        var found = SubjectKeyring()
        var missing: Set<SubjectTag> = []
        for tag in tags {
            if let key = hierarchy.subjects[tag] {
                found[tag] = .success(key)
            } else {
                missing.insert(tag)
            }
        }
        return (found, missing)
    }
}
