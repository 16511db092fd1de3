import ContactServices
import HTTPTypes
import Hummingbird

/// Registers handlers, and remembers which methods each path takes.
final class Routes {
    typealias Handler = @Sendable (Request, GatewayContext) async throws -> Response

    private var handlers: [(template: String, method: HTTPRequest.Method, handler: Handler)] = []
    private var table = RouteTable()

    func get(_ template: String, _ handler: @escaping Handler) { add(template, .get, handler) }
    func delete(_ template: String, _ handler: @escaping Handler) {
        add(template, .delete, handler)
    }
    func put(_ template: String, _ handler: @escaping Handler) { add(template, .put, handler) }
    func post(_ template: String, _ handler: @escaping Handler) { add(template, .post, handler) }

    private func add(_ template: String, _ method: HTTPRequest.Method, _ handler: @escaping Handler)
    {
        table.add(template, method)
        handlers.append((template, method, handler))
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
