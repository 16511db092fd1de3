import ContactServices
import NIOCore
import NIOSSL
import PublicAPI
import Synchronization

/// One client's connection: where it comes from, and whose certificate it shows.
final class Connection: Sendable {
    private struct State {
        var address: String?
        /// DER.
        var shown: [UInt8]?
        var verified: Verified?
    }

    /// Counts for a while, and only under what it was checked against: a certificate ends, or is revoked, while its connection is open.
    private struct Verified {
        let material: ObjectIdentifier
        let time: ContinuousClock.Instant
        let certificate: ClientCertificate?
    }

    private static let verificationLife: Duration = .seconds(60)

    private let tls: GatewayTLS
    private let state: Mutex<State>

    init(_ tls: GatewayTLS, address: SocketAddress?) {
        self.tls = tls
        state = Mutex(State(address: address?.canonicalIPAddress))
    }

    /// Numeric; nil where it is not known.
    var address: String? { state.withLock { $0.address } }

    /// A proxy that passes TLS through has said so, before the handshake.
    func comesFrom(_ address: SocketAddress) {
        state.withLock { $0.address = address.canonicalIPAddress }
    }

    /// Once the handshake has ended: the client holds the key of this certificate.
    func showed(_ certificate: NIOSSLCertificate?) {
        state.withLock { $0.shown = try? certificate?.toDERBytes() }
    }

    func peer() -> ClientPeer {
        let material = tls.current()
        return state.withLock { state in
            ClientPeer(address: state.address, certificate: Self.certificate(&state, material))
        }
    }

    private static func certificate(
        _ state: inout State, _ material: TLSMaterial
    ) -> ClientCertificate? {
        guard let shown = state.shown, let clients = material.clients else { return nil }
        let now = ContinuousClock.now
        if let verified = state.verified, verified.material == ObjectIdentifier(material),
            now - verified.time < verificationLife
        {
            return verified.certificate
        }
        let certificate = try? clients.verify(shown)
        state.verified = Verified(
            material: ObjectIdentifier(material), time: now, certificate: certificate)
        return certificate
    }
}
