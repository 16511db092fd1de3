import Foundation
import LedgerFormat
import Synchronization
import Testing

@testable import LedgerStore

@Suite(.timeLimit(.minutes(2))) struct FullDiskTests {
    /// A disk whose free space the test says; the ballast counts as used while it is there.
    final class Disk: Sendable {
        private let value = Mutex(UInt64.max)
        private let ballast: String

        init(_ fixture: LedgerFixture) { ballast = fixture.root + "/ballast" }

        var hasBallast: Bool { DurableFile.exists(ballast) }
        var free: UInt64 {
            let withBallast = value.withLock { $0 }
            guard hasBallast else { return withBallast }
            return withBallast > Self.ballastBytes ? withBallast - Self.ballastBytes : 0
        }
        /// Bytes left once the ballast is given up.
        func set(_ bytes: UInt64) { value.withLock { $0 = bytes } }

        static let ballastBytes: UInt64 = 8_192
    }

    private func open(_ fixture: LedgerFixture, _ disk: Disk) async throws -> Ledger {
        try await fixture.open { configuration in
            configuration.limits.reservedDiskBytes = 50_000
            configuration.limits.operatorDiskBytes = 10_000
            configuration.limits.ballastBytes = Disk.ballastBytes
            configuration.freeBytes = { _ in disk.free }
        }
    }

    @Test func aFullDiskFailsClosedAndServiceReturnsByItself() async throws {
        let fixture = try LedgerFixture()
        let disk = Disk(fixture)
        let ledger = try await open(fixture, disk)
        disk.set(49_999)
        for request in [try Drafts.append([Drafts.create(Drafts.Person("ada"))]), Drafts.read()] {
            await #expect { try await ledger.append(request) } throws: {
                let error = $0 as? LedgerStoreError
                return error?.code == .unavailable && error?.retryAfterMilliseconds != nil
            }
        }
        #expect(ledger.signedSize == 2)
        disk.set(.max)
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        await ledger.close()
        try await fixture.check()
    }

    @Test func onAFullDiskAnOperatorActsInTheRoomOfTheBallast() async throws {
        let fixture = try LedgerFixture()
        let disk = Disk(fixture)
        let ledger = try await open(fixture, disk)
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        await ledger.tick()
        #expect(disk.hasBallast)

        disk.set(15_000)
        #expect(disk.free < 10_000)
        await #expect(throws: LedgerStoreError.self) { try await ledger.append(Drafts.read()) }
        // Nobody but an operator spends it.
        #expect(disk.hasBallast)
        let size = ledger.signedSize
        let result = try await ledger.seal(actor: "operator", requestID: "r")
        #expect(!disk.hasBallast)
        #expect(result.count == size)
        // The announcement and the operator's audit entry.
        #expect(ledger.signedSize == size + 2)
        _ = try await ledger.correctClock(actor: "operator", requestID: "r")
        await #expect(throws: LedgerStoreError.self) { try await ledger.append(Drafts.read()) }
        await ledger.tick()
        #expect(!disk.hasBallast)

        disk.set(.max)
        _ = try await ledger.append(Drafts.read())
        await ledger.tick()
        #expect(disk.hasBallast)
        #expect(DurableFile.size(fixture.root + "/ballast") == Disk.ballastBytes)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func aStartOnAFullDiskServesWhatItCan() async throws {
        let fixture = try LedgerFixture()
        let disk = Disk(fixture)
        var ledger = try await open(fixture, disk)
        let receipt = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        await ledger.close()
        disk.set(1_000)
        ledger = try await open(fixture, disk)
        #expect(try ledger.leafHash(index: receipt.index) == receipt.leafHash)
        await #expect(throws: LedgerStoreError.self) { try await ledger.append(Drafts.read()) }
        disk.set(.max)
        _ = try await ledger.append(Drafts.read())
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }
}
