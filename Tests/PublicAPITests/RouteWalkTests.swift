import ContactModel
import HTTPTypes
import Hummingbird
import ServiceFakes
import Testing

@testable import PublicAPI

/// No route is reachable without a decision on record: walks what the router itself has, so that a new route is in it.
@Suite struct RouteWalkTests {
    /// Public and unaudited (checkpoints and tiles of hashes), or of the machine's own.
    private static let open: Set<String> = [
        "healthz", "readyz", "checkpoint", "tile", "openapi.json",
    ]

    private struct Route {
        let method: HTTPRequest.Method
        let path: String
        let isOpen: Bool
        /// Vendors have tokens of their own, and no roles.
        let hasRoles: Bool
    }

    private func routes(_ fixture: APIFixture) throws -> [Route] {
        let walked = fixture.api().router().routes.map { route in
            let segments = "\(route.path)".split(separator: "/").map(String.init)
            let path = segments.map { segment in
                switch segment {
                case "**": "0/000"
                case "{id}", "{cid}": "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c"
                case "{use}", "{key}": "checkpoint"
                default: segment.hasPrefix("{") ? "0" : segment
                }
            }
            return Route(
                method: route.method, path: "/" + path.joined(separator: "/"),
                isOpen: !Self.open.isDisjoint(with: segments),
                hasRoles: segments.last != "results")
        }
        // Bundles of headers come by the route of the tiles, and are not public.
        let bundles = ["/ledger", "/ledger/g1"].map { prefix in
            Route(method: .get, path: prefix + "/tile/entries/000", isOpen: false, hasRoles: true)
        }
        return walked + bundles
    }

    private func send(
        _ route: Route, _ token: String?, _ fixture: APIFixture
    ) async throws -> Reply {
        let type =
            switch route.path {
            case "/api/v1/mutations": "application/x-ndjson"
            case "/api/v1/policies": "text/plain"
            default: "application/json"
            }
        let body: String? =
            switch route.method {
            case .post: "{}"
            case .put: "permit (principal, action, resource);"
            default: nil
            }
        return try await fixture.send(
            route.method, route.path, token: token, headers: ["Content-Type": type], body: body)
    }

    @Test func nobodyIsNobodyOnEveryRoute() async throws {
        let fixture = APIFixture()
        let routes = try routes(fixture)
        #expect(routes.count >= 19)
        #expect(routes.contains { $0.isOpen } && routes.contains { !$0.isOpen })
        for route in routes where !route.isOpen {
            for token in [nil, "nobody", ""] {
                let reply = try await send(route, token, fixture)
                #expect(reply.status == 401, "\(route.method) \(route.path)")
            }
        }
        #expect(fixture.ledger.calls.isEmpty)
    }

    @Test func whoeverMayNotIsRefusedOnRecord() async throws {
        let fixture = APIFixture()
        for route in try routes(fixture) where !route.isOpen && route.hasRoles {
            let before = fixture.ledger.appends.count
            let reply = try await send(route, "data-subject", fixture)
            #expect(reply.status == 403, "\(route.method) \(route.path)")
            let audits = fixture.ledger.appends.dropFirst(before).map(\.audit)
            #expect(audits.map(\.outcome) == ["DENIED"], "\(route.method) \(route.path)")
        }
    }

    /// Whatever comes of it: the ledger is asked to record it, or to do what it records itself.
    @Test func whoeverMayLeavesARecord() async throws {
        for role in Role.allCases {
            let fixture = APIFixture()
            for route in try routes(fixture) where !route.isOpen && route.hasRoles {
                let before = (fixture.ledger.appends.count, fixture.ledger.calls.count)
                let reply = try await send(route, role.rawValue, fixture)
                let isRecorded =
                    fixture.ledger.appends.count > before.0
                    || fixture.ledger.calls.dropFirst(before.1).contains { call in
                        switch call {
                        case .seal, .correctClock, .rotateKey, .erase, .setPolicy, .noteDelivery:
                            true
                        default: false
                        }
                    }
                #expect(
                    isRecorded, "\(role.rawValue) \(route.method) \(route.path): \(reply.status)")
            }
        }
    }
}
