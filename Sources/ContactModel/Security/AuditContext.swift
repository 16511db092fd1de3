public import Foundation

/// What an audit entry tells of a request beside what it did.
public struct AuditContext: Hashable, Sendable {
    /// Access policies that decided, each once.
    public let policyIDs: [String]
    /// Hex SHA-256 of the client certificate's DER; nil: none was shown.
    public let certificateFingerprint: String?
    /// Sealed by the keeper for the caller's name; nil: not known.
    public let sourceAddress: EncryptedValue?

    public static let none = AuditContext(unchecked: [], nil, nil)

    /// - Parameter certificate: SHA-256, 32 bytes.
    ///
    /// Nil over a limit, and for a policy id that is not printable ASCII.
    public init?(policyIDs: [String], certificate: Data?, sourceAddress: EncryptedValue?) {
        let areIDs = policyIDs.allSatisfy { id in
            (1...ModelLimits.policyIDBytes).contains(id.utf8.count)
                && id.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        }
        guard areIDs, policyIDs.count <= ModelLimits.auditPolicies,
            certificate.map({ $0.count == 32 }) ?? true,
            sourceAddress.map({ $0.ciphertext.count <= ModelLimits.sourceAddressBytes }) ?? true
        else { return nil }
        self.init(
            unchecked: policyIDs, certificate.map { $0.map(Hex.text).joined() }, sourceAddress)
    }

    private init(
        unchecked policyIDs: [String], _ certificate: String?, _ sourceAddress: EncryptedValue?
    ) {
        self.policyIDs = policyIDs
        certificateFingerprint = certificate
        self.sourceAddress = sourceAddress
    }
}
