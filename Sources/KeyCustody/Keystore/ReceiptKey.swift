import Crypto
import Foundation

/// KEK-API, which signs receipts. It lives in the TPM where that has P-384; else it is drawn here and the root wraps it, as
/// it does the log key, and its name says so wherever it is announced.
enum ReceiptKey: Sendable {
    case resident(ResidentKey)
    /// The private scalar, 48 bytes.
    case wrapped(SecretBytes)

    static let residentName = "KEK-API"
    private static let wrappedName = "KEK-API-WRAPPED"

    var name: String {
        switch self {
        case .resident: Self.residentName
        case .wrapped: Self.wrappedName
        }
    }

    static func drawn() -> ReceiptKey {
        var raw = P384.Signing.PrivateKey().rawRepresentation
        defer { raw.withUnsafeMutableBytes { Sodium.wipe($0) } }
        return .wrapped(raw.withUnsafeBytes { SecretBytes(copying: $0) })
    }

    /// - Returns: nil for something else than `stored` makes.
    init?(name: String, stored: SecretBytes) {
        switch name {
        case Self.residentName:
            guard let key = ResidentKey(.p384, stored: stored) else { return nil }
            self = .resident(key)
        case Self.wrappedName: self = .wrapped(stored)
        default: return nil
        }
    }

    var stored: SecretBytes {
        switch self {
        case .resident(let key): key.stored
        case .wrapped(let secret): secret
        }
    }

    /// SPKI DER; nil when the scalar is none.
    var spki: [UInt8]? {
        switch self {
        case .resident(let key): key.spki
        case .wrapped(let secret):
            Self.open(secret).map { Array($0.publicKey.derRepresentation) }
        }
    }

    /// r ‖ s.
    /// - Throws: `TPMError`, of a key that lives there.
    func sign(_ message: [UInt8], in tpm: TPMDevice) async throws(TPMError) -> [UInt8] {
        switch self {
        case .resident(let key): return try await tpm.sign(message, with: key)
        case .wrapped(let secret):
            let signature = try? Self.open(secret)?.signature(for: message)
            return signature.map { Array($0.rawRepresentation) } ?? []
        }
    }

    private static func open(_ secret: SecretBytes) -> P384.Signing.PrivateKey? {
        secret.withUnsafeBytes { try? P384.Signing.PrivateKey(rawRepresentation: $0) }
    }
}
