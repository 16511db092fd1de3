import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

/// Each erasure is followed by a new escrow, and the one before is gone; nothing waits for it.
@Suite final class EscrowIssuerTests {
    private let fixture: KeeperFixture
    private let keys: [RecoveryKey]
    private let outside: String
    private var directory: String { outside + "/escrow" }

    init() async throws {
        fixture = try await KeeperFixture.provisioned()
        outside = try KeeperFixture.makeDirectory()
        keys = try RecoveryKey.sample(3, in: outside)
    }

    deinit { try? FileManager.default.removeItem(atPath: outside) }

    private func setUp(_ keeper: KeyCustodian, _ directory: String) async throws -> EscrowStamp {
        try await keeper.escrow.setUp(
            directory: directory, threshold: 2, holders: keys.map(\.publicKey))
    }

    private func files(_ directory: String? = nil) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: directory ?? self.directory))
    }

    private func names(_ epoch: UInt64) -> Set<String> {
        ["escrow.marker", "escrow-\(epoch)", "keystore-\(epoch).sqlite"]
    }

    private func root(of epoch: UInt64) throws -> [UInt8] {
        try EscrowFile.read("\(directory)/escrow-\(epoch)").open(Array(keys.prefix(2)))
            .root.withUnsafeBytes { Array($0) }
    }

    private func root(_ keeper: KeyCustodian) -> [UInt8] {
        keeper.hierarchy.root.withUnsafeBytes { Array($0) }
    }

    private func erase(
        _ keeper: KeyCustodian, _ orders: ErasureOrders
    ) async throws -> ErasureEpochs {
        let tag = Sample.tag
        _ = try await keeper.sealed([.sample(tag)])
        return try await keeper.eraser.erase([try await orders.order(tag, keeper)])
    }

    @Test func anErasureIsFollowedByANewEscrowAndTheOldOneIsGone() async throws {
        try await fixture.withKeeper { keeper in
            let orders = ErasureOrders()
            let first = try await setUp(keeper, directory)
            #expect(try files() == names(first.epoch))
            #expect(try root(of: first.epoch) == root(keeper))

            let epochs = try await erase(keeper, orders)
            try await keeper.escrow.tend()
            #expect(try files() == names(epochs.after))
            #expect(try root(of: epochs.after) == root(keeper))
            let stamp = try EscrowFile.read("\(directory)/escrow-\(epochs.after)").stamp
            #expect(stamp.treeSize == 1)

            let history = try EscrowHistory(keystore: fixture.keystorePath)
            #expect(history.issues.map(\.epoch) == [first.epoch, epochs.after])
            #expect(history.issues.map { $0.destroyed != nil } == [true, false])
            #expect(history.problem == nil)
            // Nothing is owed: the next look makes nothing.
            try await keeper.escrow.tend()
            #expect(try EscrowHistory(keystore: fixture.keystorePath).issues.count == 2)
        }
    }

    @Test func insideTheDataDirectoryIsRefused() async throws {
        try await fixture.withKeeper { keeper in
            let link = outside + "/link"
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: fixture.keys)
            for inside in [fixture.home, fixture.keys + "/escrow", link] {
                let error = await #expect(throws: KeyCustodyError.self) {
                    _ = try await setUp(keeper, inside)
                }
                #expect(error?.message.contains("inside the data directory") == true)
            }
            #expect(try await keeper.escrow.report() == nil)
        }
    }

    @Test(arguments: [(1, 3), (4, 3), (0, 0), (2, 1)])
    func aQuorumThatIsNoneIsRefused(threshold: Int, holders: Int) async throws {
        try await fixture.withKeeper { keeper in
            let error = await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.escrow.setUp(
                    directory: directory, threshold: threshold,
                    holders: keys.prefix(holders).map(\.publicKey))
            }
            #expect(error?.code == .invalid)
        }
    }

    /// The medium is away, an empty mount point in its place.
    @Test func aDirectoryThatIsAwayKeepsNobodyFromBeingForgotten() async throws {
        try await fixture.withKeeper { keeper in
            let orders = ErasureOrders()
            let first = try await setUp(keeper, directory)
            let files = FileManager.default
            try files.moveItem(atPath: directory, toPath: outside + "/away")
            try files.createDirectory(atPath: directory, withIntermediateDirectories: false)
            let epochs = try await erase(keeper, orders)
            #expect(epochs.after == epochs.before + 1)
            let error = await #expect(throws: KeyCustodyError.self) {
                try await keeper.escrow.tend()
            }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains(directory) == true)
            #expect(try self.files().isEmpty)
            #expect(try EscrowHistory(keystore: fixture.keystorePath).problem != nil)

            try files.removeItem(atPath: directory)
            try files.moveItem(atPath: outside + "/away", toPath: directory)
            #expect(try self.files() == names(first.epoch))
            try await keeper.escrow.tend()
            #expect(try self.files() == names(epochs.after))
        }
    }

    /// Killed after the files and before the row; after the row and before the predecessors' end.
    @Test(arguments: [false, true])
    func aCrashOnTheWayIsCompleted(hadNoted: Bool) async throws {
        let epochs = try await fixture.withKeeper { keeper in
            let orders = ErasureOrders()
            _ = try await setUp(keeper, directory)
            try FileManager.default.copyItem(atPath: directory, toPath: outside + "/before")
            let epochs = try await erase(keeper, orders)
            try await keeper.escrow.tend()
            return epochs
        }
        let old = names(epochs.before).subtracting(["escrow.marker"])
        for name in old {
            try FileManager.default.copyItem(
                atPath: "\(outside)/before/\(name)", toPath: "\(directory)/\(name)")
        }
        try Data().write(to: URL(fileURLWithPath: "\(directory)/escrow-9.tmp"))
        if !hadNoted {
            try fixture.tamper("DELETE FROM escrow_issue WHERE serial = 2")
        }
        try fixture.tamper("UPDATE escrow_issue SET destroyed = NULL")
        try await fixture.withKeeper { keeper in
            try await keeper.escrow.tend()
            #expect(try files() == names(epochs.after))
            #expect(try root(of: epochs.after) == root(keeper))
            let history = try EscrowHistory(keystore: fixture.keystorePath)
            #expect(history.issues.map { $0.destroyed != nil } == [true, false])
        }
    }

    @Test func filesThatWereTakenAwayAreMadeAgain() async throws {
        try await fixture.withKeeper { keeper in
            let stamp = try await setUp(keeper, directory)
            try FileManager.default.removeItem(atPath: "\(directory)/escrow-\(stamp.epoch)")
            try await keeper.escrow.tend()
            #expect(try files() == names(stamp.epoch))
        }
    }

    @Test(arguments: [false, true])
    func otherHoldersInAnotherDirectoryEndTheFirstEscrow(isAway: Bool) async throws {
        try await fixture.withKeeper { keeper in
            let first = try await setUp(keeper, directory)
            if isAway {
                try FileManager.default.moveItem(atPath: directory, toPath: outside + "/away")
            }
            let second = try await keeper.escrow.setUp(
                directory: outside + "/second", threshold: 2,
                holders: keys.prefix(2).map(\.publicKey))
            #expect(first.epoch == second.epoch)
            if isAway {
                let error = await #expect(throws: KeyCustodyError.self) {
                    try await keeper.escrow.tend()
                }
                #expect(error?.message.contains(directory) == true)
                try FileManager.default.moveItem(atPath: outside + "/away", toPath: directory)
                #expect(try files() == names(first.epoch))
                try await keeper.escrow.tend()
            }
            #expect(try files() == ["escrow.marker"])
            #expect(try files(outside + "/second") == names(second.epoch))
        }
    }

    /// Whoever writes to the keystore's file must not be able to make himself a holder.
    @Test func anAlteredPlanIsNotFollowed() async throws {
        let stranger = try RecoveryKey.sample(4, in: fixture.home)[3].publicKey
        _ = try await fixture.withKeeper { try await setUp($0, directory) }
        try fixture.tamper(
            "UPDATE escrow_plan SET holders = ?",
            [Data(stranger.bytes + keys[0].publicKey.bytes)])
        try await fixture.withKeeper { keeper in
            let error = await #expect(throws: KeyCustodyError.self) {
                try await keeper.escrow.tend()
            }
            #expect(error?.code == .corrupt)
        }
    }

    @Test func theDirectoryOfAnotherLedgerIsRefused() async throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false)
        try Data("chancery escrow of other.test\n00\n".utf8)
            .write(to: URL(fileURLWithPath: directory + "/escrow.marker"))
        try await fixture.withKeeper { keeper in
            let error = await #expect(throws: KeyCustodyError.self) {
                _ = try await setUp(keeper, directory)
            }
            #expect(error?.message.contains("another ledger") == true)
        }
    }
}
