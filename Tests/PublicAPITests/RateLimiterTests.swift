import Testing

@testable import PublicAPI

@Suite struct RateLimiterTests {
    @Test func nobodyOwesMoreThanAWindow() {
        let limiter = Self.limiter(60)
        for _ in 0..<100_000 { limiter.charge("a", at: 0) }
        #expect(limiter.take("a", at: 0).retryAfter == 1)
        #expect(limiter.take("b", at: 0).wait == nil)
        #expect(limiter.take("a", at: Self.second).wait == nil)
        #expect(limiter.take("a", at: Self.second).retryAfter == 1)
        #expect(limiter.take("a", at: 61 * Self.second).remaining == 59)
    }

    /// Many at once: no more are let in than may fail, and those that succeed cost nothing.
    @Test func whatIsGivenBackIsThereAgain() {
        let limiter = Self.limiter(2)
        #expect(limiter.take("a", at: 0).wait == nil)
        #expect(limiter.take("a", at: 0).wait == nil)
        #expect(limiter.take("a", at: 0).wait != nil)
        limiter.giveBack("a")
        #expect(limiter.take("a", at: 0).wait == nil)
        #expect(limiter.take("a", at: 0).wait != nil)
        for _ in 0..<100 { limiter.giveBack("a") }
        #expect(limiter.take("a", at: 0).remaining == 1)
        limiter.giveBack("nobody")
        #expect(limiter.take("nobody", at: 0).remaining == 1)
    }

    private static let second: Int64 = 1_000_000_000

    private static func limiter(_ quota: Int, capacity: Int = 100) -> RateLimiter {
        RateLimiter(RateLimit(name: .principal, quota: quota), capacity: capacity)
    }

    @Test func theWholeQuotaIsThereAtOnceAndComesBackEvenly() {
        let limiter = Self.limiter(60)
        for left in (0..<60).reversed() {
            let state = limiter.take("a", at: 0)
            #expect(state.wait == nil && state.remaining == left)
        }
        let refused = limiter.take("a", at: 0)
        #expect(refused.wait == Self.second && refused.retryAfter == 1 && refused.remaining == 0)
        #expect(refused.secondsUntilFull == 60)
        // Being refused costs nothing.
        #expect(limiter.take("a", at: Self.second - 1).wait == 1)
        #expect(limiter.take("a", at: Self.second).wait == nil)
        #expect(limiter.take("a", at: Self.second).wait == Self.second)
        #expect(limiter.take("a", at: 31 * Self.second).remaining == 29)
    }

    @Test func whoeverWaitsAsToldIsAnswered() {
        for quota in [1, 7, 59, 61, 1_000] {
            let limiter = Self.limiter(quota)
            while limiter.take("a", at: 5).wait == nil {}
            let seconds = limiter.take("a", at: 5).retryAfter ?? 0
            #expect(seconds >= 1)
            #expect(limiter.take("a", at: 5 + Int64(seconds) * Self.second).wait == nil)
        }
    }

    @Test func nobodyPaysForOthers() {
        let limiter = Self.limiter(1)
        #expect(limiter.take("a", at: 0).wait == nil)
        #expect(limiter.take("a", at: 0).wait != nil)
        #expect(limiter.take("b", at: 0).wait == nil)
    }

    @Test func theTableIsBoundedAndKeepsWhoAsks() {
        let limiter = Self.limiter(2, capacity: 50)
        #expect(limiter.take("eager", at: 0).wait == nil)
        #expect(limiter.take("eager", at: 0).wait == nil)
        for key in 0..<10_000 {
            // Fewer than a half holds, between two requests.
            if key % 40 == 0 { #expect(limiter.take("eager", at: 0).wait != nil, "\(key)") }
            _ = limiter.take("\(key)", at: 0)
            #expect(limiter.count <= 100)
        }
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8::1", "2001:db8:0:0::/64"), ("::1", "0:0:0:0::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"), ("::", "0:0:0:0::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
    ])
    func anIPv6ClientIsItsNetwork(address: String, network: String) {
        #expect(ClientNetwork.of(address) == network)
    }
}
