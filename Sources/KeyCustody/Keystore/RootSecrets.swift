import Crypto
import Foundation

/// What the TPM seals: the keystore root, and what its counters are incremented with. Both in one blob, since an
/// erasure that was interrupted has to count before the next root can be unsealed.
struct RootSecrets: Sendable {
    let root: SecretBytes
    let counterAuthorization: SecretBytes

    private static let part = 32

    static func random() -> RootSecrets {
        RootSecrets(root: .random(count: part), counterAuthorization: .random(count: part))
    }

    init(root: SecretBytes, counterAuthorization: SecretBytes) {
        self.root = root
        self.counterAuthorization = counterAuthorization
    }

    /// - Throws: `TPMError.malformed` for something else than `joined` makes.
    init(joined: SecretBytes) throws(TPMError) {
        guard joined.count == 2 * Self.part else {
            throw TPMError(
                .malformed, operation: "reading the sealed root",
                hint: "it holds something else than a keystore root; restore keys/root.sealed")
        }
        func secret(_ range: Range<Int>) -> SecretBytes {
            joined.withUnsafeBytes { bytes in
                SecretBytes(copying: UnsafeRawBufferPointer(rebasing: bytes[range]))
            }
        }
        self.init(
            root: secret(0..<Self.part), counterAuthorization: secret(Self.part..<2 * Self.part))
    }

    var joined: SecretBytes {
        SecretBytes(count: 2 * Self.part) { buffer in
            for (index, secret) in [root, counterAuthorization].enumerated() {
                let start = index * Self.part
                secret.withUnsafeBytes { bytes in
                    UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + Self.part])
                        .copyMemory(from: bytes)
                }
            }
        }
    }

    /// Vouches for a file that holds these secrets, or those of the next epoch: both know the authorization.
    func mac(of file: SealedRoot) -> Data {
        Data(
            HMAC<SHA256>.authenticationCode(
                for: Self.message(file), using: counterAuthorization.transientKey()))
    }

    func vouches(_ mac: Data, for file: SealedRoot) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            mac, authenticating: Self.message(file), using: counterAuthorization.transientKey())
    }

    private static func message(_ file: SealedRoot) -> [UInt8] {
        Array("chancery/root/v2\n".utf8) + file.fileBytes
    }
}
