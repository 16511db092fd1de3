public import Foundation
import ProcessBoundary

/// The request's own signature (RFC 9421) as it came, with the certificate of the connection. Ledger and keeper check it; the
/// gateway only carries it.
public struct RequestSignature: Sendable {
    let wire: WireSignedRequest

    /// - Parameters:
    ///   - input: `Signature-Input`.
    ///   - signature: `Signature`.
    public init(certificate: Data, input: String, signature: String) {
        var wire = WireSignedRequest()
        wire.certificate = certificate
        wire.input = input
        wire.signature = signature
        self.wire = wire
    }
}
