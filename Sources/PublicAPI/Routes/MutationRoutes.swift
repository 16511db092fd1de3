import ContactServices
import HTTPTypes
import Hummingbird
import NIOCore

/// `POST /api/v1/mutations`: NDJSON in, NDJSON out, both as streams.
struct MutationRoutes: Sendable {
    static let path = "/api/v1/mutations"

    let gate: Gate
    let bulk: BulkMutationService
    private let streams = Budget(APILimits.bulkStreams)

    init(gate: Gate, bulk: BulkMutationService) {
        self.gate = gate
        self.bulk = bulk
    }

    func register(on routes: Routes) {
        routes.post(Self.path, as: ["application/x-ndjson"]) { try await apply($0, $1) }
    }

    private func apply(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .applyMutations, purpose: .optional) { authorized in
            try RequestBodyReader.requireType(
                request, ["application/x-ndjson", "application/ndjson"])
            guard let slot = streams.share(of: 1) else { throw Self.overloaded }
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
                    withExtendedLifetime(slot) {}
                })
        }
    }

    private static let overloaded = ServiceError(
        .overloaded, "Too many streams of mutations are open; try again when one has ended.",
        retryAfter: 5)

    private static func lines(_ results: [BulkResult]) -> ByteBuffer {
        var buffer = ByteBuffer()
        for result in results {
            buffer.writeBytes(MutationResponse.line(result).bytes)
            buffer.writeInteger(UInt8(ascii: "\n"))
        }
        return buffer
    }
}
