import Foundation
import GRDB
import LedgerFormat

/// What a keystore file says of its escrows, without a key: for people, nothing is decided by it.
public struct EscrowHistory: Encodable, Sendable {
    public struct Issue: Encodable, Sendable {
        public let epoch: UInt64
        public let treeSize: UInt64
        /// Seconds since 1970, as `destroyed`.
        public let issued: Int64
        public let destroyed: Int64?
        public let directory: String
    }

    /// Nil: none was set up.
    public let directory: String?
    public let threshold: Int
    /// Names of the holders' keys.
    public let holders: [String]
    /// The first is the oldest.
    public let issues: [Issue]
    /// What the escrow made last lacks; nil: it is there, and of the root that the keystore has.
    public let problem: String?

    /// - Parameter path: of `keystore.sqlite`, whether a keeper runs or not.
    public init(keystore path: String) throws(KeyCustodyError) {
        guard DurableFile.exists(path) else {
            throw KeyCustodyError(.cannotStart, "there is no keystore yet: start the daemons once")
        }
        let keystore = try Keystore.open(at: path)
        defer { try? keystore.pool.close() }
        do {
            self = try keystore.pool.read { try Self($0) }
        } catch {
            throw Keystore.refusal(error)
        }
    }

    private init(_ db: Database) throws {
        let (plan, all) = (try EscrowPlan.read(db, nil), try EscrowIssue.all(db))
        directory = plan?.directory
        threshold = plan?.threshold ?? 0
        holders = plan?.holders.map(\.name) ?? []
        issues = all.map {
            Issue(
                epoch: $0.epoch, treeSize: $0.treeSize, issued: $0.issued, destroyed: $0.destroyed,
                directory: $0.directory)
        }
        problem = try plan.flatMap { try Self.problem($0, all.last, db) }
    }

    private static func problem(
        _ plan: EscrowPlan, _ last: EscrowIssue?, _ db: Database
    ) throws -> String? {
        let place = EscrowDirectory(plan)
        do throws(KeyCustodyError) { try place.check() } catch { return error.message }
        let root = try KeystoreCopy.Identity(db).root
        guard let last, last.identity == plan.identity(keystore: root).data else {
            return
                "the escrow of the newest erasure epoch is still to be made: the running keeper makes it"
        }
        return place.holds(last.epoch)
            ? nil : "the files of the escrow are missing in \(plan.directory)"
    }
}
