import CSodium
import Crypto
import Foundation

/// A long-lived secret in memory of libsodium's own: between guard pages, locked where the memlock
/// limit allows, left out of core dumps, read-only after it was filled, overwritten and freed at the
/// end. Nothing about it prints.
///
/// Sendable because its bytes never change between `init` and `deinit`.
public final class SecretBytes: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer
    public let count: Int

    /// - Parameter fill: writes all `count` bytes, which are zero before.
    init<Failure: Error>(
        count: Int, fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        base = SecretBytes.allocate(count)
        self.count = count
        // Should `fill` throw, every property is set, so `deinit` frees the memory.
        try fill(UnsafeMutableRawBufferPointer(start: base, count: count))
        sodium_mprotect_readonly(base)
    }

    convenience init(copying bytes: UnsafeRawBufferPointer) {
        self.init(count: bytes.count) { $0.copyMemory(from: bytes) }
    }

    /// Fresh from the kernel's generator.
    static func random(count: Int) -> SecretBytes {
        SecretBytes(count: count) { buffer in
            if let base = buffer.baseAddress { randombytes_buf(base, buffer.count) }
        }
    }

    deinit {
        sodium_free(base)
    }

    func withUnsafeBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// For C functions; valid during `body`, `count` bytes.
    func withBytePointer<Value>(_ body: (UnsafePointer<UInt8>) -> Value) -> Value {
        body(UnsafePointer(base.assumingMemoryBound(to: UInt8.self)))
    }

    /// A copy for one computation of swift-crypto, which overwrites its keys when they go; do not keep.
    func transientKey() -> SymmetricKey {
        withUnsafeBytes { SymmetricKey(data: $0) }
    }

    /// `sodium_malloc` fills its memory with a pattern; a secret starts from zeros.
    ///
    /// Out of memory here means that the process cannot go on: there is no safe place for a secret, and
    /// the sizes are ours (keys and bounded caches), never a peer's.
    private static func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        precondition(Sodium.isReady, "libsodium cannot start: no source of randomness")
        guard let base = sodium_malloc(max(count, 1)) else {
            preconditionFailure("no memory for a secret of \(count) bytes")
        }
        Sodium.wipe(UnsafeMutableRawBufferPointer(start: base, count: count))
        return base
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "SecretBytes(redacted)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
