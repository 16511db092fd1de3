import ContactServices
import Hummingbird

/// Lets so many requests in at one time and refuses the rest at once: without a bound, all of them would wait for longer than
/// any client does, and be worked on for nobody.
struct Turnstile: RouterMiddleware {
    typealias Context = GatewayContext

    private let places: Budget

    init(places: Int = APILimits.requests) { self.places = Budget(places) }

    func handle(
        _ request: Request, context: GatewayContext,
        next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        // Whoever watches must be able to tell an overloaded gateway from a dead one.
        if HealthRoutes.paths.contains(request.uri.path) { return try await next(request, context) }
        guard let place = places.share(of: 1) else {
            throw ServiceError(
                .overloaded, "Too many requests are being worked on; try again shortly.",
                retryAfter: 1)
        }
        defer { withExtendedLifetime(place) {} }
        return try await next(request, context)
    }
}
