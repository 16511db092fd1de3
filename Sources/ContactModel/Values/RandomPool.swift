import Glibc
import Synchronization

/// Random words of the kernel, fetched many at a time: a new contact draws some twenty, and a system call for each would cost more
/// than writing the entries they go into.
///
/// For ids, tags and salts, which are public or stored beside what they protect; keys are drawn elsewhere.
public enum RandomPool {
    private static let words = Mutex<[UInt64]>([])
    /// 256 bytes, the most that getentropy(3) gives at once.
    private static let refill = 32

    public static func pair() -> (UInt64, UInt64) {
        words.withLock { words in
            if words.count < 2 { words = fetch() }
            guard let first = words.popLast(), let second = words.popLast() else {
                var generator = SystemRandomNumberGenerator()
                return (generator.next(), generator.next())
            }
            return (first, second)
        }
    }

    /// Empty when the kernel gives none: callers then ask once per word, which traps if there is no randomness at all.
    private static func fetch() -> [UInt64] {
        [UInt64](unsafeUninitializedCapacity: refill) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            count = getentropy(bytes.baseAddress, bytes.count) == 0 ? refill : 0
        }
    }
}
