import Crypto
import Foundation
import LedgerFormat
import ProcessBoundary

/// The public half of an operator's policy key, P-256: whoever has the private half says on which platforms the keystore
/// opens. PEM of a SubjectPublicKeyInfo.
public struct PolicyKey: Sendable, Equatable {
    /// SPKI DER.
    let spki: [UInt8]
    /// 0x04 ‖ x ‖ y.
    let point: [UInt8]

    static let maxFile = 4_096

    init?(spki: [UInt8]) {
        // Another encoding of the same key would be another text of it.
        guard let key = try? P256.Signing.PublicKey(derRepresentation: spki),
            Array(key.derRepresentation) == spki
        else { return nil }
        self.init(key)
    }

    init(_ key: P256.Signing.PublicKey) {
        spki = Array(key.derRepresentation)
        point = Array(key.x963Representation)
    }

    /// Of a PEM file.
    /// - Throws: `KeyCustodyError.invalid` for anything else.
    public init(file path: String) throws(KeyCustodyError) {
        let text = String(decoding: try Self.read(path), as: UTF8.self)
        guard let key = try? P256.Signing.PublicKey(pemRepresentation: text) else {
            throw KeyCustodyError(
                .invalid,
                "\(path) is no public P-256 key in PEM; give the .pub file of `chancery tpm policy key`"
            )
        }
        self.init(key)
    }

    /// As everywhere: 16 hex digits of the SPKI's hash.
    public var name: String { SPKI.keyID(spki) }

    static func read(_ path: String) throws(KeyCustodyError) -> [UInt8] {
        do {
            return try SystemFile.read(path, limit: maxFile)
        } catch {
            throw KeyCustodyError(.invalid, "\(error); give the file of a policy key")
        }
    }
}
