import Crypto
public import Foundation

/// What "the same request" means for an idempotency key: method, path and raw bytes.
public enum RequestDigest {
    /// SHA-256 over method, LF, path, LF, bytes; 32 bytes.
    public static func of(method: String, path: String, bytes: some DataProtocol) -> Data {
        var hash = SHA256()
        hash.update(data: Data("\(method)\n\(path)\n".utf8))
        hash.update(data: bytes)
        return Data(hash.finalize())
    }
}
