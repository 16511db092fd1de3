internal import Crypto

/// SHA-256 without joining parts in the heap first.
enum LedgerHash {
    static func sha256(_ message: UnsafeRawBufferPointer) -> Digest32 {
        var hasher = SHA256()
        hasher.update(bufferPointer: message)
        return digest(of: hasher)
    }

    @inline(__always)
    static func digest(of hasher: SHA256) -> Digest32 {
        hasher.finalize().withUnsafeBytes { bytes in
            // SHA-256 has 32 bytes; `zero` is unreachable and would match no hash.
            Digest32(buffer: bytes) ?? .zero
        }
    }

    /// A domain line (`name` ‖ LF) before the message: hashes of one kind never stand for another.
    static func sha256(domain: StaticString, _ message: UnsafeRawBufferPointer) -> Digest32 {
        var hasher = SHA256()
        hasher.update(
            bufferPointer: UnsafeRawBufferPointer(
                start: domain.utf8Start, count: domain.utf8CodeUnitCount))
        hasher.update(bufferPointer: message)
        return digest(of: hasher)
    }
}
