import Crypto
import CryptoExtras
import Foundation
import LedgerFormat

/// One 4,096-bit key for the whole run: making one takes a second.
enum RSAKeys {
    static let shared = Result { try _RSA.Signing.PrivateKey(keySize: .bits4096) }

    static func spki() throws -> [UInt8] { Array(try shared.get().publicKey.derRepresentation) }

    static func sign(_ message: [UInt8]) throws -> [UInt8] {
        let digest = SHA256.hash(data: message)
        return Array(try shared.get().signature(for: digest, padding: .PSS).rawRepresentation)
    }
}
