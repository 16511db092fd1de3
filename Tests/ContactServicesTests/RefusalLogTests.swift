import ContactModel
import ProcessBoundary
import ServiceFakes
import Testing

@testable import ContactServices

/// Whoever is nobody leaves a trace, and not one for each try.
@Suite struct RefusalLogTests {
    private let ledger = FakeLedger()

    private func counts() -> [String: UInt32] {
        ledger.refusals.reduce(into: [:]) { $0[$1.reason, default: 0] += $1.count }
    }

    @Test func failuresAreCountedByReasonAndToldOnce() async throws {
        let log = RefusalLog(ledger: ledger, window: .seconds(3_600))
        let policies = PoliciesInForce(ledger: ledger)
        await policies.refresh()
        let door = Authenticator(
            authority: FakeAuthority(), policies: policies, refusals: log,
            sources: SourceAddresses(keeper: FakeKeeper()))
        for token in ["", "nobody", "nobody", "root"] {
            await #expect(throws: ServiceError.self) {
                _ = try await door.authenticate(token: token, requestID: RequestID("r"))
            }
        }
        _ = try await door.authenticate(token: "dpo", requestID: RequestID("r"))
        #expect(ledger.refusals.isEmpty)
        await log.flush()
        #expect(counts().values.reduce(0, +) == 4)
        #expect(ledger.refusals.count == counts().count)
        await log.flush()
        #expect(counts().values.reduce(0, +) == 4)
    }

    @Test func theWindowTellsThemByItself() async throws {
        let log = RefusalLog(ledger: ledger, window: .milliseconds(5))
        for _ in 0..<3 { log.note("token-expired") }
        while counts()["token-expired"] != 3 { try await Task.sleep(for: .milliseconds(2)) }
        log.note("token-expired")
        while counts()["token-expired"] != 4 { try await Task.sleep(for: .milliseconds(2)) }
    }

    @Test func whatTheLedgerCannotTakeIsKeptAndAddedTo() async throws {
        let log = RefusalLog(ledger: ledger, window: .milliseconds(5))
        ledger.fault("recordRefusals", .unavailable)
        log.note("bad-signature")
        await log.flush()
        log.note("bad-signature")
        #expect(counts().isEmpty)
        ledger.fault("recordRefusals", nil)
        while counts()["bad-signature"] != 2 { try await Task.sleep(for: .milliseconds(2)) }
    }
}
