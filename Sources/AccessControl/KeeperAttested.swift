import Crypto
public import Foundation

/// What the keeper gives its word for to the ledger, which opens no value: HMAC-SHA-256 over `message`, under a key that the keeper
/// draws at each start and tells the ledger alone. Between these two processes; it stands in no entry.
public protocol KeeperAttested: Sendable {
    var message: AttestedMessage { get }
}

extension KeeperAttested {
    /// - Parameter key: of ``AttestedMessage/keyBytes``, the keeper's.
    /// - Returns: 32 bytes.
    public func code(under key: Data) -> Data {
        Data(
            HMAC<SHA256>.authenticationCode(for: message.bytes, using: SymmetricKey(data: key)))
    }

    public func isAttested(by code: Data, under key: Data) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: message.bytes, using: SymmetricKey(data: key))
    }
}
