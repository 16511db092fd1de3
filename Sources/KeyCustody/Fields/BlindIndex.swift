import Crypto
import Foundation

/// Keyed hashes of canonical values, one key per field. They stand in `views/` only.
public struct BlindIndex: Sendable {
    private let keys: [String: SecretBytes]

    init(keys: [String: SecretBytes]) {
        self.keys = keys
    }

    /// HMAC-SHA-256 under the field's key, 32 bytes.
    /// - Throws: `KeyCustodyError.invalid` for a field without an index or a value over the limit.
    public func value(field: String, canonical: [UInt8]) throws(KeyCustodyError) -> [UInt8] {
        guard let key = keys[field] else {
            throw KeyCustodyError(
                .invalid,
                "there is no index over this field; use: "
                    + keys.keys.sorted().joined(separator: ", "))
        }
        guard !canonical.isEmpty, canonical.count <= CustodyLimits.maxIndexInput else {
            throw KeyCustodyError(
                .invalid, "a value to index has 1 to \(CustodyLimits.maxIndexInput) bytes")
        }
        return Array(HMAC<SHA256>.authenticationCode(for: canonical, using: key.transientKey()))
    }
}
