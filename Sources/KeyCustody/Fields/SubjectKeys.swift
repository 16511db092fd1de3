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

    /// Keys of subjects that exist; those that do not, or do not open, are missing from the result.
    func existing(_ tags: Set<SubjectTag>) async throws(KeyCustodyError) -> [SubjectTag:
        SymmetricKey]
    {
        var (found, missing) = cached(tags)
        guard !missing.isEmpty else { return found }
        let hierarchy = hierarchy
        let wanted = missing
        let read = try await keystore.read { db in
            var keys: [SubjectTag: SymmetricKey] = [:]
            for tag in wanted {
                do {
                    keys[tag] = try hierarchy.subjectKey(tag, db)
                } catch let error as KeyCustodyError where error.code == .corrupt {
                    continue  // a row that does not open is as good as none
                }
            }
            return keys
        }
        for (tag, key) in read {
            hierarchy.subjects.insert(key, for: tag)
            found[tag] = key
            missing.remove(tag)
        }
        return found
    }

    /// Existing keys of `tags`, new ones for those without. Durable when it returns.
    /// - Throws: `KeyCustodyError.corrupt` when a subject has a row that does not open: a second key for it
    ///   would make what the first encrypted unreadable for good.
    func existingOrNew(
        _ tags: Set<SubjectTag>
    ) async throws(KeyCustodyError) -> [SubjectTag: SymmetricKey] {
        var (found, missing) = cached(tags)
        guard !missing.isEmpty else { return found }
        let hierarchy = hierarchy
        let wanted = missing
        let (keys, drawn) = try await keystore.commit { db in
            var keys: [SubjectTag: SymmetricKey] = [:]
            var drawn: UInt64 = 0
            for tag in wanted {
                if let key = try hierarchy.subjectKey(tag, db) {
                    keys[tag] = key
                } else {
                    keys[tag] = try hierarchy.newSubjectKey(tag, db)
                    drawn += 1
                }
            }
            return (keys, drawn)
        }
        counted.withLock { $0 += drawn }
        for (tag, key) in keys {
            hierarchy.subjects.insert(key, for: tag)
            found[tag] = key
            missing.remove(tag)
        }
        return found
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

    /// Day keys that exist and open.
    func dayKeys(_ ids: Set<String>) async throws(KeyCustodyError) -> [String: SymmetricKey] {
        var found: [String: SymmetricKey] = [:]
        for id in ids { found[id] = hierarchy.dayKeys[id] }
        let missing = ids.filter { found[$0] == nil }
        guard !missing.isEmpty else { return found }
        let hierarchy = hierarchy
        let read = try await keystore.read { db in
            var keys: [String: SymmetricKey] = [:]
            for id in missing {
                do {
                    keys[id] = try hierarchy.dayKey(id, db)
                } catch let error as KeyCustodyError where error.code == .corrupt {
                    continue
                }
            }
            return keys
        }
        for (id, key) in read {
            hierarchy.dayKeys.insert(key, for: id)
            found[id] = key
        }
        return found
    }

    private func cached(
        _ tags: Set<SubjectTag>
    ) -> (found: [SubjectTag: SymmetricKey], missing: Set<SubjectTag>) {
        var found: [SubjectTag: SymmetricKey] = [:]
        var missing: Set<SubjectTag> = []
        for tag in tags {
            if let key = hierarchy.subjects[tag] { found[tag] = key } else { missing.insert(tag) }
        }
        return (found, missing)
    }
}
