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
            .eTag: OpenAPIDocument.entityTag, .cacheControl: "public, max-age=300",
        ]
        guard !Self.isKnown(request) else {
            return Response(status: .notModified, headers: headers)
        }
        return Reply.bytes(OpenAPIDocument.bytes, type: "application/json", headers: headers)
    }

    /// RFC 9110, section 13.1.2: compared weakly, and `*` is whichever there is.
    private static func isKnown(_ request: Request) -> Bool {
        guard let header = request.headers[.ifNoneMatch] else { return false }
        return header.split(separator: ",").contains { element in
            let tag = element.filter { $0 != " " && $0 != "\t" }
            return tag == "*" || tag == OpenAPIDocument.entityTag
                || tag == "W/" + OpenAPIDocument.entityTag
        }
    }
}
