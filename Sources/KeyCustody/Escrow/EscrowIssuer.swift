import Foundation
import GRDB
import LedgerFormat
import ProcessBoundary

/// Makes escrows and destroys their predecessors.
///
/// ```
/// 1  keystore-EPOCH.sqlite   durable: a copy of the keystore, as the root wraps it
/// 2  escrow-EPOCH            durable: that root, for the holders
/// 3  keystore                one row says that this root has its escrow
/// 4  predecessors            deleted, the directory synced
/// 5  keystore                when that was
/// ```
/// An escrow is owed while the last row is not of the root that the keystore has, which each erasure moves to another; or
/// its files are not there. Whatever a crash leaves of 1 and 2 is written over or deleted when the next one is made, and 4
/// is done again until 5 says so. An erasure never waits for any of it.
public actor EscrowIssuer {
    private let keystore: Keystore
    private let hierarchy: KeyHierarchy
    private let clock: KeeperClock
    private let keysDirectory: String
    private var isBusy = false
    /// The entries signed when the keystore's copy was last made, and when that was; nil: not by this process.
    private var copied: (size: UInt64, at: ContinuousClock.Instant)?

    init(
        keystore: Keystore, hierarchy: KeyHierarchy, clock: KeeperClock, keysDirectory: String
    ) {
        self.keystore = keystore
        self.hierarchy = hierarchy
        self.clock = clock
        self.keysDirectory = keysDirectory
    }

    // MARK: - Setting up

    /// Sets down where escrows go and who holds their shares, and makes the first one; what there was before is destroyed.
    ///
    /// - Parameters:
    ///   - directory: made if its parent is there; not inside the data directory.
    ///   - threshold: how many of the holders are needed, at least 2.
    /// - Throws: `KeyCustodyError.invalid` for a plan that is none; `.unavailable` when the directory cannot be used.
    public func setUp(
        directory: String, threshold: Int, holders: [RecoveryKey.Public]
    ) async throws(KeyCustodyError) -> EscrowStamp {
        guard Set(holders).count == holders.count, SecretSharing.numbers.contains(holders.count),
            (2...max(2, holders.count)).contains(threshold), threshold <= holders.count
        else {
            throw KeyCustodyError(
                .invalid,
                "an escrow has 2 to \(CustodyLimits.maxEscrowHolders) different holders and needs at least "
                    + "2 of them; these are \(Set(holders).count), and \(threshold) were asked for")
        }
        let plan = EscrowPlan(
            directory: try makeDirectory(directory),
            mark: SecretBytes.random(count: EscrowPlan.markSize).withUnsafeBytes { Array($0) },
            threshold: threshold, holders: holders)
        let seal = hierarchy.seal
        let subject = try await current().subject
        try EscrowDirectory(plan).begin(logName: subject.identity.logName)
        try await keystore.commit { db in try plan.save(db, seal) }
        let (stamp, last) = try await issue(plan)
        // In a directory that is away they stay owed: the keeper says so once it runs.
        try? await destroyPredecessors(keeping: last)
        return stamp
    }

    private func makeDirectory(_ path: String) throws(KeyCustodyError) -> String {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw KeyCustodyError(
                .invalid, "cannot make \(path): \(SystemError.text(errno)); make its parent first")
        }
        guard let resolved = Self.resolved(path),
            let home = Self.resolved(SystemFile.directory(of: keysDirectory))
        else { throw KeyCustodyError(.invalid, "\(path) cannot be found; name a directory") }
        // Whoever copies the data directory must not copy what opens it.
        guard !(resolved + "/").hasPrefix(home + "/") else {
            throw KeyCustodyError(
                .invalid,
                "\(path) is inside the data directory: every backup would carry the escrow; choose a "
                    + "directory outside, best on a medium of its own")
        }
        return resolved
    }

    private static func resolved(_ path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }

    // MARK: - Keeping

    /// Makes the escrow that is owed, destroys what it replaces, and keeps the keystore's copy fresh. Cheap when nothing
    /// is to be done.
    /// - Throws: `KeyCustodyError.unavailable` saying why it has to wait: ask again.
    public func tend() async throws(KeyCustodyError) {
        guard !isBusy else { return }
        isBusy = true
        defer { isBusy = false }
        let (subject, plan, last) = try await current()
        guard let plan else { return }
        let place = EscrowDirectory(plan)
        try place.check()
        guard let last, last.identity == plan.identity(keystore: subject.identity.root).data,
            place.holds(last.epoch)
        else {
            let (_, last) = try await issue(plan)
            return try await destroyPredecessors(keeping: last)
        }
        // One that is away keeps the copy from growing old no more than the other way round.
        let destroyed: Result<Void, KeyCustodyError>
        do throws(KeyCustodyError) {
            destroyed = .success(try await destroyPredecessors(keeping: last))
        } catch {
            destroyed = .failure(error)
        }
        if isCopyStale(subject.treeSize) { try await copyKeystore(subject, to: place) }
        try destroyed.get()
    }

    /// What there is, for health; nil when no escrow was set up.
    /// It waits for no medium, as the rest here may.
    public nonisolated func report() async throws(KeyCustodyError) -> EscrowReport? {
        let seal = hierarchy.seal
        let (plan, last) = try await keystore.read { db in
            (try EscrowPlan.read(db, seal), try EscrowIssue.last(db))
        }
        return plan.map { plan in
            EscrowReport(
                threshold: plan.threshold, holders: plan.holders.count, epoch: last?.epoch ?? 0,
                issued: last?.issued ?? 0)
        }
    }

    private func isCopyStale(_ size: UInt64) -> Bool {
        guard let copied else { return true }
        return copied.size != size
            && copied.at.duration(to: .now) >= CustodyLimits.escrowCopyInterval
    }

    // MARK: - Steps

    /// What an escrow is of.
    private struct Subject: Sendable {
        let identity: KeystoreCopy.Identity
        let generation: UInt64
        let treeSize: UInt64
    }

    private func current() async throws(KeyCustodyError) -> (
        subject: Subject, plan: EscrowPlan?, last: EscrowIssue?
    ) {
        let (seal, generation) = (hierarchy.seal, hierarchy.logKey.generation)
        return try await keystore.read { db in
            let tree = TreeRecord(generation: generation, seal: seal)
            let subject = Subject(
                identity: try KeystoreCopy.Identity(db), generation: generation,
                treeSize: try tree.frontier(db).size)
            return (subject, try EscrowPlan.read(db, seal), try EscrowIssue.last(db))
        }
    }

    private func issue(
        _ plan: EscrowPlan
    ) async throws(KeyCustodyError) -> (EscrowStamp, EscrowIssue) {
        let place = EscrowDirectory(plan)
        // The root and what the keystore says of it: an erasure replaces both while it holds the keys alone.
        let (root, subject) = try await hierarchy.gate.shared { () async throws(KeyCustodyError) in
            (hierarchy.root, try await current().subject)
        }
        let now = clock.now()
        let stamp = EscrowStamp(
            logName: subject.identity.logName, generation: subject.generation,
            epoch: subject.identity.epoch, treeSize: subject.treeSize,
            issued: LedgerTime(clampingSeconds: now, nanoseconds: 0),
            keystore: subject.identity.root, threshold: plan.threshold, holders: plan.holders)
        try await copyKeystore(subject, to: place)
        try place.write(try EscrowFile(root, stamp))
        let seal = hierarchy.seal
        let last = try await keystore.commit { db in
            guard try KeystoreCopy.Identity(db) == subject.identity,
                try EscrowPlan.read(db, seal) == plan
            else { throw Self.overtaken }
            let identity = plan.identity(keystore: subject.identity.root)
            try EscrowIssue.insert(stamp, plan, identity: identity, now: now, db)
            return try EscrowIssue.last(db)
        }
        guard let last else { throw Self.overtaken }
        return (stamp, last)
    }

    private func copyKeystore(
        _ subject: Subject, to place: EscrowDirectory
    ) async throws(KeyCustodyError) {
        let path = place.keystore(subject.identity.epoch)
        let copy = try await KeystoreCopy.make(
            of: keysDirectory + "/" + Keystore.fileName, at: path + ".tmp")
        guard copy == subject.identity else { throw Self.overtaken }
        try place.adopt(path + ".tmp", epoch: subject.identity.epoch)
        copied = (subject.treeSize, .now)
    }

    /// In the directory of the last one, and in those that it moved away from.
    private func destroyPredecessors(keeping last: EscrowIssue) async throws(KeyCustodyError) {
        let old = try await keystore.read { db in try EscrowIssue.undestroyed(db) }
        var away: [String] = []
        // Where the last one is also what no row tells of: a crash may have come before it.
        for directory in Set(old.map(\.directory) + [last.directory]).sorted() {
            let issues = old.filter { $0.directory == directory }
            let isCurrent = directory == last.directory
            let place = EscrowDirectory(
                path: directory, mark: isCurrent ? last.mark : issues.last?.mark ?? [])
            do throws(KeyCustodyError) {
                try place.check()
                try place.removeAll(but: isCurrent ? last.epoch : nil)
            } catch {
                away.append(directory)
                continue
            }
            guard !issues.isEmpty else { continue }
            let (serials, now) = (issues.map(\.serial), clock.now())
            try await keystore.commit { db in
                try EscrowIssue.noteDestroyed(serials, now: now, db)
            }
        }
        guard away.isEmpty else {
            throw KeyCustodyError(
                .unavailable,
                "older escrows in \(away.joined(separator: ", ")) are still to be destroyed; mount it"
            )
        }
    }

    private static let overtaken = KeyCustodyError(
        .unavailable, "an erasure came in between; the escrow is made again")
}

/// For health and status.
public struct EscrowReport: Sendable, Equatable {
    public let threshold: Int
    public let holders: Int
    /// Of the escrow made last; 0 with `issued` 0: none yet.
    public let epoch: UInt64
    /// Seconds since 1970.
    public let issued: Int64
}
