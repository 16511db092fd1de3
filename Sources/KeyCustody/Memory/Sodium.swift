import CSodium

/// libsodium, initialized once per process.
enum Sodium {
    /// False when the library cannot work here (no source of randomness).
    static let isReady = sodium_init() >= 0

    /// Overwrites with zeros in a way that no optimizer removes.
    static func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        sodium_memzero(base, bytes.count)
    }
}
