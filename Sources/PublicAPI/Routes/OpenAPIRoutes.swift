import HTTPTypes
import Hummingbird

/// `/openapi.json`: for everybody, unaudited, and no resource of a version of the API: it describes them all.
struct OpenAPIRoutes: Sendable {
    static let path = "/openapi.json"

    let gate: Gate

    func register(on routes: Routes) {
        routes.get(Self.path) { try get($0, $1) }
    }

    private func get(_ request: Request, _ context: GatewayContext) throws -> Response {
        try gate.passPublic(context)
        let headers: HTTPFields = [
            .eTag: Conditions.tag(OpenAPIDocument.version), .cacheControl: "public, max-age=300",
        ]
        guard !Conditions.isKnown(OpenAPIDocument.version, to: request) else {
            return Response(status: .notModified, headers: headers)
        }
        return Reply.bytes(OpenAPIDocument.bytes, type: "application/json", headers: headers)
    }
}
