import ContactServices
import HTTPTypes
import Hummingbird

/// Registers handlers, and remembers which methods each path takes.
final class Routes {
    typealias Handler = @Sendable (Request, GatewayContext) async throws -> Response

    private var handlers: [(template: String, method: HTTPRequest.Method, handler: Handler)] = []
    private var table = RouteTable()

    /// - Parameter types: what the handler answers; here and below.
    func get(
        _ template: String, as types: [String] = Routes.json, _ handler: @escaping Handler
    ) {
        add(template, .get, types, handler)
    }
    func delete(
        _ template: String, as types: [String] = Routes.json, _ handler: @escaping Handler
    ) {
        add(template, .delete, types, handler)
    }
    func put(
        _ template: String, as types: [String] = Routes.json, _ handler: @escaping Handler
    ) {
        add(template, .put, types, handler)
    }
    func post(
        _ template: String, as types: [String] = Routes.json, _ handler: @escaping Handler
    ) {
        add(template, .post, types, handler)
    }

    static let json = ["application/json"]

    /// Whether there is anything that the client takes is told like a wrong method, before anybody is let in: it depends on the
    /// resource's kind alone.
    private func add(
        _ template: String, _ method: HTTPRequest.Method, _ types: [String],
        _ handler: @escaping Handler
    ) {
        table.add(template, method)
        handlers.append(
            (
                template, method,
                { request, context in
                    guard Accept(request.headers).best(of: types) != nil else {
                        throw ServiceError(
                            .notAcceptable,
                            "This resource comes as \(types.joined(separator: " or ")); say in Accept that you take it."
                        )
                    }
                    return try await handler(request, context)
                }
            ))
    }

    /// Every route behind the middleware; HEAD answers for each GET.
    func router(_ limits: RequestLimits, _ refusals: RefusalLog) -> Router<GatewayContext> {
        let router = Router(context: GatewayContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: RequestMiddleware(routes: table, refusals: refusals))
        router.add(middleware: AddressLimit(limits: limits))
        router.add(middleware: Turnstile())
        for route in handlers {
            router.on(RouterPath(route.template), method: route.method, use: route.handler)
        }
        return router
    }
}
