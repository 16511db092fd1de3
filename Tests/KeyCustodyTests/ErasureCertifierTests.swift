import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

/// KEK-API signs certificates of erasures that this keeper did, out of entries in trees that it signed, and of nothing else.
@Suite final class ErasureCertifierTests {
    private let fixture: KeeperFixture
    private let outside: String

    init() async throws {
        fixture = try await KeeperFixture.provisioned()
        outside = try KeeperFixture.makeDirectory()
    }

    deinit { try? FileManager.default.removeItem(atPath: outside) }

    /// An order and the entry that says it was carried out.
    private func erase(
        _ tag: SubjectTag, _ keeper: KeyCustodian, _ orders: ErasureOrders
    ) async throws -> [SubjectEvidence.Entry] {
        _ = try await keeper.sealed([.sample(tag)])
        let order = try await orders.order(tag, keeper)
        let epochs = try await keeper.eraser.erase([order])
        return [
            order.entry, try await orders.erased(tag, epochs, of: order, keeper),
        ]
    }

    private func signed(
        _ entries: [SubjectEvidence.Entry], _ keeper: KeyCustodian
    ) async throws -> ErasureCertificate {
        let document = try await keeper.erasureCertifier.certify(entries)
        let signed = try ErasureCertificate.Signed(parsing: document)
        let key = try await #require(
            keeper.publicKeys().keys.first { $0.use == "receipt" })
        #expect(signed.signature.keyID == key.keyID)
        #expect(signed.signature.isValid(for: signed.body, spki: key.publicKey))
        return signed.certificate
    }

    @Test func itTellsOfTheErasureAndOfNoEscrowWhereThereNeverWasAny() async throws {
        try await fixture.withKeeper { keeper in
            let tag = Sample.tag
            let entries = try await erase(tag, keeper, ErasureOrders())
            let certificate = try await signed(entries, keeper)
            #expect(certificate.statement.subject == tag && certificate.escrow == nil)
            #expect(certificate.statement.epochAfter == certificate.statement.epochBefore + 1)
            #expect(certificate.origin.text == keeper.origin && certificate.entries == entries)
        }
    }

    /// What escrow is left is the keeper's own knowledge, as of each certificate.
    @Test func itTellsWhatEscrowIsLeft() async throws {
        try await fixture.withKeeper { keeper in
            let keys = try RecoveryKey.sample(3, in: outside)
            let first = try await keeper.escrow.setUp(
                directory: outside + "/escrow", threshold: 2, holders: keys.map(\.publicKey))
            let orders = ErasureOrders()
            let entries = try await erase(Sample.tag, keeper, orders)
            let open = try #require(try await signed(entries, keeper).escrow)
            #expect(open.remaining.map(\.epoch) == [first.epoch] && open.destroyed == 0)
            try await keeper.escrow.tend()
            let over = try #require(try await signed(entries, keeper).escrow)
            #expect(over.remaining.isEmpty && over.destroyed == 1)
            #expect(over.lastDestroyedAt != nil)
            // That of the newest epoch is from before the next erasure, and not from before this one.
            let next = try await erase(Sample.tag, keeper, orders)
            #expect(try await signed(entries, keeper).escrow?.remaining.isEmpty == true)
            #expect(try await signed(next, keeper).escrow?.remaining.count == 1)
        }
    }

    /// Under another TPM epochs begin anew, so that an older escrow may have the larger one.
    @Test func anEscrowOfAnotherTPMIsFromBeforeByItsTime() async throws {
        try await fixture.withKeeper { keeper in
            let keys = try RecoveryKey.sample(3, in: outside)
            let stamp = try await keeper.escrow.setUp(
                directory: outside + "/escrow", threshold: 2, holders: keys.map(\.publicKey))
            let issue = try #require(
                try await keeper.keystore.read { db in try EscrowIssue.all(db) }.last)
            func isFromBefore(
                _ epoch: UInt64, _ erased: Int64, _ generation: UInt64, _ current: UInt64
            ) -> Bool {
                issue.isFromBefore(
                    epochAfter: epoch, erased: erased, in: generation, now: current)
            }
            let (epoch, issued) = (stamp.epoch, issue.issued)
            #expect(isFromBefore(epoch, issued, 2, 2) && !isFromBefore(epoch, issued - 1, 2, 2))
            #expect(isFromBefore(epoch + 1, issued - 1, 2, 2))
            // The first generation has known one TPM alone.
            #expect(!isFromBefore(epoch, issued, 1, 1) && isFromBefore(epoch + 1, issued, 1, 1))
            #expect(isFromBefore(epoch, issued, 1, 2))
            #expect(!isFromBefore(epoch + 1, issued - 1, 1, 2))
        }
    }

    enum Lie: CaseIterable, Sendable {
        case notErased, epochToCome, otherSubject, otherReceipt, otherTree, noOrder, noTicket,
            neverHere
    }

    @Test(arguments: Lie.allCases)
    func whatItDidNotDoIsNotSigned(_ lie: Lie) async throws {
        try await fixture.withKeeper { keeper in
            let (tag, orders) = (Sample.tag, ErasureOrders())
            var entries = try await erase(tag, keeper, orders)
            switch lie {
            case .notErased, .epochToCome:
                let other = Sample.tag
                _ = try await keeper.sealed([.sample(other)])
                let order = try await orders.order(other, keeper)
                var epochs = ErasureEpochs(before: 1, after: 2)
                if lie == .epochToCome {
                    let done = try await keeper.eraser.erase([order])
                    epochs = ErasureEpochs(before: done.after, after: done.after + 1)
                }
                entries = [
                    order.entry, try await orders.erased(other, epochs, of: order, keeper),
                ]
            case .otherSubject:
                entries[1] = try await erase(Sample.tag, keeper, orders)[1]
            case .otherReceipt:
                entries[1] = SubjectEvidence.Entry(
                    header: entries[1].header, payload: entries[1].payload,
                    receipt: entries[0].receipt)
            case .otherTree:
                let receipt = try InclusionReceipt(parsing: entries[1].receipt)
                entries[1] = SubjectEvidence.Entry(
                    header: entries[1].header, payload: entries[1].payload,
                    receipt: Data(
                        try InclusionReceipt(
                            extra: receipt.extra, index: receipt.index, hashes: [.zero],
                            checkpoint: receipt.checkpoint
                        ).bytes))
            case .noOrder: entries.removeFirst()
            case .noTicket:
                let order = try await orders.order(tag, keeper, ticket: Data())
                let epochs = ErasureEpochs(before: 1, after: 1)
                entries = [
                    order.entry, try await orders.erased(tag, epochs, of: order, keeper),
                ]
            case .neverHere:
                let other = Sample.tag
                let order = try await orders.order(other, keeper)
                let epochs = ErasureEpochs(before: 1, after: 1)
                entries = [
                    order.entry, try await orders.erased(other, epochs, of: order, keeper),
                ]
            }
            let shown = entries
            let error = await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.erasureCertifier.certify(shown)
            }
            #expect(error?.code == .invalid, "\(lie)")
        }
    }
}
