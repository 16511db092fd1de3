import Crypto
import Foundation

/// Vouches for rows that are no secrets but decide what is signed: an HMAC under a key that the root wraps, so
/// that nobody who writes to the file can make the signer believe in another tree.
///
/// The message is `"chancery/state/v1" LF table LF`, then each column as UInt32 length (big-endian) and bytes. An
/// older file put back as a whole still agrees with itself; the anchor counter of the TPM is for that.
struct StateSeal: Sendable {
    private let key: SecretBytes

    /// - Parameter key: of the keystore's row `STATE`.
    init(key: SecretBytes) {
        self.key = key
    }

    func mac(_ table: String, _ columns: [Data]) -> Data {
        Data(
            HMAC<SHA256>.authenticationCode(
                for: Self.message(table, columns), using: key.transientKey()))
    }

    /// - Throws: `KeyCustodyError.corrupt` naming the table.
    func check(_ mac: Data, _ table: String, _ columns: [Data]) throws(KeyCustodyError) {
        guard
            HMAC<SHA256>.isValidAuthenticationCode(
                mac, authenticating: Self.message(table, columns), using: key.transientKey())
        else {
            throw KeyCustodyError(
                .corrupt,
                "a row of the keystore's table \(table) was altered; nothing is signed on its word. "
                    + "Restore keys/ as one whole")
        }
    }

    /// A number as a column.
    static func column(_ number: Int64) -> Data {
        withUnsafeBytes(of: number.bigEndian) { Data($0) }
    }

    private static func message(_ table: String, _ columns: [Data]) -> [UInt8] {
        var message = Array("chancery/state/v1\n\(table)\n".utf8)
        for column in columns {
            message.append(bigEndian: UInt32(truncatingIfNeeded: column.count))
            message += column
        }
        return message
    }
}
