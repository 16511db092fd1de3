import Foundation
import LedgerFormat
import LedgerVerification
import Testing

/// A receipt and a ledger given together must speak of one tree.
struct ReceiptClaimTests {
    @Test(arguments: [true, false])
    func receiptOfThisLedgerAgrees(_ carriesHeader: Bool) async throws {
        let fixture = try LedgerFixture.standard()
        let claim = try claim(fixture, index: 3, size: 14, extra: carriesHeader)
        let report = try await verify(fixture, claim)
        #expect(report.failure == nil)
        #expect(report.receiptsCompared == ["receipt"])
    }

    /// The log signed another history of the same size for somebody else.
    @Test func receiptOfASecondHistoryIsFound() async throws {
        let keys = try TestKeys()
        let shown = try history(keys, last: 3)
        let told = try history(keys, last: 4)
        let report = try await verify(shown, claim(told, index: 2, size: 4))
        #expect(report.failure?.code == .receiptMismatch)
        #expect(report.failure?.file == "receipt")
    }

    @Test func receiptOfAnotherEntryIsNamed() async throws {
        let keys = try TestKeys()
        let shown = try history(keys, last: 3)
        let told = try history(keys, last: 4)
        let report = try await verify(shown, claim(told, index: 3, size: 4))
        #expect(report.failure?.code == .receiptMismatch)
        #expect(report.failure?.index == 3)
    }

    @Test func proofWithoutHeaderOfAnotherEntryIsNamed() async throws {
        let keys = try TestKeys()
        let shown = try history(keys, last: 3)
        let told = try history(keys, last: 4)
        let report = try await verify(shown, claim(told, index: 3, size: 4, extra: false))
        #expect(report.failure?.code == .receiptMismatch)
        #expect(report.failure?.index == 3)
    }

    /// Nothing in a ledger cut off at a boundary tells of what came after; a receipt does.
    @Test func endCutOffIsFoundByAReceipt() async throws {
        let keys = try TestKeys()
        let fixture = try LedgerFixture(keys: keys)
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.group([.subject(1)])
        try fixture.group([.subject(2), .audit()])
        try fixture.close()
        let late = try claim(fixture, index: 4, size: 5)
        try fixture.rewrite(1) {
            try $0.execute(sql: "DELETE FROM entry WHERE idx >= 3")
            try $0.execute(sql: "DELETE FROM boundary WHERE size > 3")
            try $0.execute(sql: "DELETE FROM checkpoint WHERE size > 3")
        }
        #expect(await fixture.failure() == "none")
        let report = try await verify(fixture, late)
        #expect(report.failure?.code == .receiptMismatch)
    }

    private func history(_ keys: TestKeys, last: UInt8) throws -> LedgerFixture {
        let fixture = try LedgerFixture(keys: keys)
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.group([.subject(1), .subject(last)])
        try fixture.close()
        return fixture
    }

    private func claim(
        _ fixture: LedgerFixture, index: UInt64, size: UInt64, extra: Bool = true
    ) throws -> TreeClaim {
        let bytes = try ReceiptVerifierTests.receipt(
            fixture, index: index, size: size, extra: extra)
        return TreeClaim(
            try ReceiptVerifier(trust: fixture.trust).verify(bytes: bytes), source: "receipt")
    }

    private func verify(
        _ fixture: LedgerFixture, _ claim: TreeClaim
    ) async throws -> VerificationReport {
        try await LedgerEvidence(directory: fixture.ledger)
            .verify(trust: fixture.trust, claims: [claim])
    }
}
