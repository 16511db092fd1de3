import Crypto
import Foundation

/// The key of one subject's values of one day: rotation by day, forgetting by subject (FORMAT section 9).
enum ValueKey {
    /// HKDF-SHA-256(day key ‖ subject key, no salt, "chancery/value/v1" LF keyId, 32 bytes).
    static func derive(
        day: SymmetricKey, subject: SymmetricKey, keyID: String
    ) -> SymmetricKey {
        let input = day.withUnsafeBytes { day in
            subject.withUnsafeBytes { subject in
                withUnsafeTemporaryAllocation(
                    byteCount: day.count + subject.count, alignment: 1
                ) { joined in
                    defer { Sodium.wipe(joined) }
                    UnsafeMutableRawBufferPointer(rebasing: joined.prefix(day.count))
                        .copyMemory(from: day)
                    UnsafeMutableRawBufferPointer(rebasing: joined.dropFirst(day.count))
                        .copyMemory(from: subject)
                    return SymmetricKey(data: UnsafeRawBufferPointer(joined))
                }
            }
        }
        return HKDF<SHA256>.deriveKey(
            inputKeyMaterial: input, info: Data("chancery/value/v1\n\(keyID)".utf8),
            outputByteCount: 32)
    }
}
