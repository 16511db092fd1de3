import ContactServices
import HTTPTypes
import Hummingbird

/// Probes: neither authenticated nor audited, and nothing secret in them.
struct HealthRoutes: Sendable {
    let readiness: ReadinessService

    func register(on routes: Routes) {
        routes.get("/healthz") { _, _ in Reply.json(.fields(["status": .string("alive")])) }
        routes.get("/readyz") { _, _ in
            let readiness = await readiness.readiness()
            return Reply.json(
                ReadinessResponse.json(readiness),
                status: readiness.isReady ? .ok : .serviceUnavailable,
                headers: readiness.isReady ? [:] : [.retryAfter: "1"])
        }
    }
}
