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

    /// - Parameter count: subjects in the keystore now.
    init(keystore: Keystore, hierarchy: KeyHierarchy, clock: KeeperClock, count: UInt64) {
        self.keystore = keystore
        self.hierarchy = hierarchy
        self.clock = clock
        counted = Mutex(count)
    }

    /// Data subjects that have a key.
    var count: UInt64 { counted.withLock { $0 } }

    /// Keys of subjects that have a row; a row that does not open is told apart from one that is not there.
    func existing(_ tags: Set<SubjectTag>) async throws(KeyCustodyError) -> SubjectKeyring {
        var (ring, missing) = cached(tags)
        guard !missing.isEmpty else { return ring }
        let hierarchy = hierarchy
        let wanted = missing
        let read = try await keystore.read { db in
            var read = SubjectKeyring()
            for tag in wanted { read[tag] = try Self.lookUp(tag, hierarchy, db) }
            return read
        }
        keep(read)
        ring.merge(read)
        return ring
    }

    /// Existing keys of `tags`, new ones for those without. Durable when it returns. No second key is drawn
    /// for a subject whose row does not open.
    func existingOrNew(_ tags: Set<SubjectTag>) async throws(KeyCustodyError) -> SubjectKeyring {
        var (ring, missing) = cached(tags)
        guard !missing.isEmpty else { return ring }
        let hierarchy = hierarchy
        let wanted = missing
        let (read, drawn) = try await keystore.commit { db in
            var read = SubjectKeyring()
            var drawn: UInt64 = 0
            for tag in wanted {
                if let known = try Self.lookUp(tag, hierarchy, db) {
                    read[tag] = known
                } else {
                    read[tag] = .success(try hierarchy.newSubjectKey(tag, db))
                    drawn += 1
                }
            }
            return (read, drawn)
        }
        counted.withLock { $0 += drawn }
        keep(read)
        ring.merge(read)
        return ring
    }

    /// - Returns: nil for a subject without a row.
    private static func lookUp(
        _ tag: SubjectTag, _ hierarchy: KeyHierarchy, _ db: Database
    ) throws -> Result<SymmetricKey, KeyCustodyError>? {
        do {
            return try hierarchy.subjectKey(tag, db).map { .success($0) }
        } catch let error as KeyCustodyError where error.code == .corrupt {
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
        let id = "DEK-" + UTCDay(secondsSince1970: now).text
        if let key = hierarchy.dayKeys[id] { return (id, key) }
        let hierarchy = hierarchy
        let key = try await keystore.commit { db in
            try hierarchy.dayKeyOrNew(id, now: now, db)
        }
        hierarchy.dayKeys.insert(key, for: id)
        return (id, key)
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
