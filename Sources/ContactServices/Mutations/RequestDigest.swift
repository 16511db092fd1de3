import Crypto
public import Foundation

/// What "the same request" means for an idempotency key: method, path and raw bytes.
public enum RequestDigest {
    /// SHA-256 over method, LF, path, LF, bytes; 32 bytes.
    public static func of(method: String, path: String, bytes: Data) -> Data {
        var hash = SHA256()
        var head = "\(method)\n\(path)\n"
        head.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash.finalize().withUnsafeBytes { Data($0) }
    }
}
