import Hummingbird

/// Counts every request against its address, before anything of it is looked at. Probes are free: whoever watches must be able to.
struct AddressLimit: RouterMiddleware {
    typealias Context = GatewayContext

    let limits: RequestLimits

    func handle(
        _ request: Request, context: GatewayContext,
        next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        if let address = context.peer.address, !HealthRoutes.paths.contains(request.uri.path) {
            try limits.count(address: address, context.account)
        }
        return try await next(request, context)
    }
}
