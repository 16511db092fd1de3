import LedgerFormat
import TestSupport
import Testing

@testable import LedgerVerification

/// Two TPMs that take turns, as after a move to other hardware and back: each goes on where it was.
struct SealHistoryTests {
    @Test func everyKeyFollowsItself() throws {
        let fixture = try LedgerFixture.standard()
        let body = try SegmentManifest(parsing: fixture.bytes(fixture.manifestPath(1))).body
        var (one, other) = (TestTPM(), TestTPM())
        other.counter = 7
        var history = SealHistory()
        for (segment, seal) in [
            try one.attest(body), try other.attest(body), try one.attest(body),
            try other.attest(body),
        ].enumerated() {
            let found = try history.follow(seal, segment: UInt64(segment + 1))
            #expect(found.note == nil && found.gap == nil)
        }
        var late = history
        one.counter += 1
        #expect(try late.follow(try one.attest(body), segment: 5).gap?.code == .sealCounter)
        // Three segments that are not here may have taken three steps of either.
        var behindGap = history
        behindGap.skip(2)
        behindGap.skip(1)
        one.counter += 1
        other.counter += 3
        #expect(try behindGap.follow(try one.attest(body), segment: 8).gap == nil)
        #expect(try behindGap.follow(try other.attest(body), segment: 9).gap == nil)
        other.counter += 1
        #expect(
            try behindGap.follow(try other.attest(body), segment: 10).gap?.code == .sealCounter)
        // Never back, nor twice the same.
        other.counter -= 2
        #expect(throws: VerificationFailure.self) {
            try behindGap.follow(try other.attest(body), segment: 11)
        }
    }
}
