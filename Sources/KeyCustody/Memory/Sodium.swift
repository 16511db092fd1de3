import CSodium

/// libsodium, initialized once per process.
enum Sodium {
    /// False when the library cannot work here (no source of randomness).
    static let isReady = sodium_init() >= 0

    /// Fresh from the kernel's generator; for what is no secret.
    static func randomBytes(_ count: Int) -> [UInt8] {
        precondition(isReady, "libsodium cannot start: no source of randomness")
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let base = buffer.baseAddress { randombytes_buf(base, count) }
            initialized = count
        }
    }

    /// Overwrites with zeros in a way that no optimizer removes.
    static func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        sodium_memzero(base, bytes.count)
    }
}
