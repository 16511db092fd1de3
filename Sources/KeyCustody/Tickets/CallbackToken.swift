import Crypto
import Foundation

/// What a vendor's answer has to come with: HMAC-SHA-256 over the entry that asked, the vendor and the attempt. The same question has the
/// same answer, so that no token is kept anywhere; that it counts once is the ledger's to say.
struct CallbackToken: Sendable {
    static let size = 32

    private let key: SecretBytes

    init(_ hierarchy: KeyHierarchy) { key = hierarchy.callbackKey }

    /// HKDF-SHA-256 of the ticket key's seed, under a name of its own.
    static func key(from ticketSeed: SecretBytes) -> SecretBytes {
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: ticketSeed.transientKey(), info: Data("chancery/callback/v1".utf8),
            outputByteCount: size)
        return derived.withUnsafeBytes { SecretBytes(copying: $0) }
    }

    func make(_ authority: EnrichmentAuthority, vendor: String, attempt: Int) -> Data {
        Data(
            HMAC<SHA256>.authenticationCode(
                for: Self.message(authority, vendor, attempt), using: key.transientKey()))
    }

    /// In a time that does not depend on where they differ.
    func isRight(
        _ token: Data, _ authority: EnrichmentAuthority, vendor: String, attempt: Int
    ) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            token, authenticating: Self.message(authority, vendor, attempt),
            using: key.transientKey())
    }

    /// `"chancery/callback/v1" LF`, then each part as UInt32 length (big-endian) and bytes.
    private static func message(
        _ authority: EnrichmentAuthority, _ vendor: String, _ attempt: Int
    ) -> [UInt8] {
        var message = Array("chancery/callback/v1\n".utf8)
        let header = authority.header
        for part in [
            authority.origin, String(header.generation), String(header.index),
            authority.enrichment.text, vendor, String(attempt),
        ] {
            message.append(bigEndian: UInt32(truncatingIfNeeded: part.utf8.count))
            message += part.utf8
        }
        return message
    }
}
