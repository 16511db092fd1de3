import ContactServices
import HTTPTypes
import Hummingbird
import NIOCore

/// `POST /api/v1/mutations`: NDJSON in, NDJSON out, both as streams.
struct MutationRoutes: Sendable {
    static let path = "/api/v1/mutations"

    let gate: Gate
    let bulk: BulkMutationService

    func register(on routes: Routes) {
        routes.post(Self.path) { try await apply($0, $1) }
    }

    private func apply(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .applyMutations, purpose: .optional) { authorized in
            try RequestBodyReader.requireType(
                request, ["application/x-ndjson", "application/ndjson"])
            let body = request.body
            let parser = MutationLineRequest(path: Self.path)
            return Response(
                status: .ok, headers: [.contentType: "application/x-ndjson"],
                body: ResponseBody { writer in
                    try await bulk.run(
                        authorized, body: body.map(\.readableBytesView), parser: parser
                    ) { results in
                        try await writer.write(Self.lines(results))
                    }
                    try await writer.finish(nil)
                })
        }
    }

    private static func lines(_ results: [BulkResult]) -> ByteBuffer {
        var buffer = ByteBuffer()
        for result in results {
            buffer.writeBytes(MutationResponse.line(result).bytes)
            buffer.writeInteger(UInt8(ascii: "\n"))
        }
        return buffer
    }
}
