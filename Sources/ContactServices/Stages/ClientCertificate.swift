public import Foundation

/// The client certificate of a connection, as the TLS layer verified it: chain, validity, purpose and revocation.
public struct ClientCertificate: Hashable, Sendable {
    /// The principal that its subject alternative name `urn:chancery:principal:<sub>` names.
    public let subject: String
    /// SHA-256 of its DER, 32 bytes (`x5t#S256`, RFC 8705, section 3.1).
    public let thumbprint: Data

    /// For those who check what its key signed.
    public let der: Data

    public init(subject: String, thumbprint: Data, der: Data) {
        self.subject = subject
        self.thumbprint = thumbprint
        self.der = der
    }
}
