import Crypto
import Foundation
import Glibc
import LedgerFormat
import ProcessBoundary

/// The private half of a policy key, for the moment in which its operator signs. It belongs on no appliance: an intruder who
/// finds it there signs whatever platform they brought.
///
/// Files: FILE, PKCS #8 PEM, mode 0600; FILE.pub, SPKI PEM.
public struct PolicySigner: Sendable {
    private let key: P256.Signing.PrivateKey

    public var publicKey: PolicyKey { PolicyKey(key.publicKey) }

    init() { key = P256.Signing.PrivateKey() }

    /// Draws a key and writes both files, durably. Nothing is written over.
    public static func make(at path: String) throws(KeyCustodyError) -> PolicyKey {
        for file in [path, path + ".pub"] where SystemFile.exists(file) {
            throw KeyCustodyError(
                .invalid, "\(file) is there already and may be needed; choose another name")
        }
        let signer = PolicySigner()
        do throws(SystemError) {
            try SystemFile.write(signer.key.pemRepresentation.utf8, to: path, mode: 0o600)
            try SystemFile.write(
                signer.key.publicKey.pemRepresentation.utf8, to: path + ".pub", mode: 0o644)
            try SystemFile.sync(SystemFile.directory(of: path))
        } catch {
            throw KeyCustodyError(.unavailable, "\(error)")
        }
        return signer.publicKey
    }

    /// - Throws: `KeyCustodyError.invalid` for a file that is none, or that others may read.
    public init(file path: String) throws(KeyCustodyError) {
        var info = stat()
        if stat(path, &info) == 0, info.st_mode & 0o077 != 0 {
            throw KeyCustodyError(.invalid, "others may read \(path); `chmod 600` it")
        }
        var bytes = try PolicyKey.read(path)
        defer { bytes.withUnsafeMutableBytes { Sodium.wipe($0) } }
        guard
            let key = try? P256.Signing.PrivateKey(
                pemRepresentation: String(decoding: bytes, as: UTF8.self))
        else {
            throw KeyCustodyError(
                .invalid,
                "\(path) is no private P-256 key in PEM; `chancery tpm policy key` makes one")
        }
        self.key = key
    }

    public func sign(_ registers: PlatformRegisters) throws(KeyCustodyError) -> SignedPolicy {
        do {
            let signature = try key.signature(
                for: SHA256.hash(data: SignedPolicy.signed(registers)))
            return SignedPolicy(
                registers: registers, key: publicKey,
                signature: Array(signature.rawRepresentation))
        } catch {
            throw KeyCustodyError(.unavailable, "the policy cannot be signed: \(error)")
        }
    }
}
