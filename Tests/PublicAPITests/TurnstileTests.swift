import ContactServices
import Hummingbird
import HummingbirdTesting
import ServiceFakes
import Testing

@testable import PublicAPI

/// Overload: a bounded number of requests is worked on, the rest is refused at once and in order.
@Suite struct TurnstileTests {
    @Test func requestsBeyondTheBoundAreRefusedAtOnceAndPlacesAreGivenBack() async throws {
        let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        let (releases, release) = AsyncStream.makeStream(of: Void.self)
        let router = Router(context: GatewayContext.self)
        router.add(
            middleware: RequestMiddleware(
                routes: RouteTable(), refusals: RefusalLog(ledger: FakeLedger())))
        router.add(middleware: Turnstile(places: 1))
        router.get("/held") { _, _ in
            arrival.yield()
            for await _ in releases { break }
            return Response(status: .ok)
        }
        router.get("/failing") { _, _ -> Response in throw HTTPError(.badRequest) }
        for path in HealthRoutes.paths {
            router.get(RouterPath(path)) { _, _ in Response(status: .ok) }
        }
        try await Application(router: router).test(.router) { client in
            async let held = client.execute(uri: "/held", method: .get) { Reply($0) }
            for await _ in arrivals { break }

            let refused = try await client.execute(uri: "/failing", method: .get) { Reply($0) }
            #expect(refused.status == 503 && refused.code == "overloaded")
            #expect(refused.headers[.retryAfter] == "1")
            // Its connection is room for somebody who waits.
            #expect(refused.headers[.connection] == "close")
            for path in HealthRoutes.paths {
                let probe = try await client.execute(uri: path, method: .get) { Reply($0) }
                #expect(probe.status == 200, "\(path)")
            }

            release.yield()
            #expect(try await held.status == 200)
            // Given back by whoever succeeded, and by whoever failed.
            for _ in 0..<3 {
                let next = try await client.execute(uri: "/failing", method: .get) { Reply($0) }
                #expect(next.status != 503)
            }
        }
    }
}
