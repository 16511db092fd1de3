import ContactServices
import HTTPTypes
import Hummingbird

/// Probes: neither authenticated nor audited, and nothing secret in them.
struct HealthRoutes: Sendable {
    private static let alive = "/healthz"
    private static let ready = "/readyz"
    static let paths = [alive, ready]

    let readiness: ReadinessService
    let certificates: @Sendable () -> CertificateCondition
    let credentials: @Sendable () async -> CredentialCondition

    func register(on routes: Routes) {
        routes.get(Self.alive) { _, _ in Reply.json(.fields(["status": .string("alive")])) }
        routes.get(Self.ready) { _, _ in
            let readiness = await readiness.readiness()
            return Reply.json(
                ReadinessResponse.json(readiness, certificates(), await credentials()),
                status: readiness.isReady ? .ok : .serviceUnavailable,
                headers: readiness.isReady ? [:] : [.retryAfter: "1"])
        }
    }
}
