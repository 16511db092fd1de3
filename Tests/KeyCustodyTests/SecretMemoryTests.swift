import Crypto
import Foundation
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

    @Test func cacheAgreesWithADictionaryUnderLoad() {
        let cache = SecretKeyCache<Int>(capacity: 64)
        var truth: [Int: SymmetricKey] = [:]
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            let name = Int.random(in: 0..<200, using: &generator)
            if let key = cache[name] {
                #expect(key == truth[name])
            } else {
                let key = SymmetricKey(size: .bits256)
                truth[name] = key
                cache.insert(key, for: name)
            }
        }
    }
}
