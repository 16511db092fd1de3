import Crypto
import Foundation
import TestSupport
import Testing

@testable import KeyCustody

extension SecretBytes {
    /// For comparisons in tests only.
    var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
}

@Suite struct SecretMemoryTests {
    @Test func secretsDoNotPrint() {
        let secret = SecretBytes(count: 4) { $0.copyBytes(from: [1, 2, 3, 4]) }
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped, "\([secret])"] {
            #expect(text.contains("redacted"))
            #expect(!text.contains("1"))
        }
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test func secretKeepsWhatItWasGiven() {
        let secret = SecretBytes(count: 3) { $0.copyBytes(from: [9, 8, 7]) }
        #expect(secret.bytes == [9, 8, 7])
        #expect(secret.transientKey().bitCount == 24)
        #expect(SecretBytes.random(count: 32).bytes != SecretBytes.random(count: 32).bytes)
    }

    @Test func cacheForgetsTheLeastRecentlyUsed() {
        let cache = SecretKeyCache<Int>(capacity: 3)
        let keys = (0..<5).map { _ in SymmetricKey(size: .bits256) }
        for (name, key) in keys.prefix(3).enumerated() { cache.insert(key, for: name) }
        #expect(cache[0] == keys[0])
        cache.insert(keys[3], for: 3)
        #expect(cache[1] == nil)
        #expect(cache[0] == keys[0])
        #expect(cache[2] == keys[2])
        #expect(cache[3] == keys[3])
        cache.remove(0)
        #expect(cache[0] == nil)
        cache.insert(keys[4], for: 3)
        #expect(cache[3] == keys[4])
        cache.removeAll()
        #expect(cache[3] == nil)
    }

    /// Against the plainest least-recently-used list there is: same hits, same misses, same keys.
    @Test(arguments: [1, 2, 63, 64] as [Int], [UInt64(1), 2])
    func cacheHoldsExactlyTheKeysUsedLast(capacity: Int, seed: UInt64) {
        let cache = SecretKeyCache<Int>(capacity: capacity)
        var model: [(name: Int, key: SymmetricKey)] = []  // most recent first
        var generator = SeededGenerator(seed: seed)
        var hits = 0
        for _ in 0..<5_000 {
            let name = Int.random(in: 0..<100, using: &generator)
            let known = model.firstIndex { $0.name == name }.map { model.remove(at: $0) }
            switch Int.random(in: 0..<10, using: &generator) {
            case 0: cache.remove(name)
            case 1...3:
                let key = SymmetricKey(size: .bits256)
                cache.insert(key, for: name)
                model.insert((name, key), at: 0)
                if model.count > capacity { model.removeLast() }
            default:
                #expect(cache[name] == known?.key)
                if let known {
                    model.insert(known, at: 0)
                    hits += 1
                }
            }
        }
        #expect(hits > 20)
        for (name, key) in model { #expect(cache[name] == key) }
    }
}
