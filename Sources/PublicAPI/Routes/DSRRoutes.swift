import ContactModel
import ContactServices
import Foundation
import HTTPTypes
import Hummingbird

/// `/api/v1/dsr`: data subjects' requests, under the GDPR and the CCPA.
struct DSRRoutes: Sendable {
    static let path = "/api/v1/dsr"

    /// Where each kind is filed.
    static let kinds: [(path: String, kind: DSRKind)] = [
        ("access", .access), ("rectify", .rectify), ("delete", .delete),
        ("restrict", .restrict), ("portability", .portability), ("object", .object),
        ("object-merging", .objectToAutomatedMerging), ("ccpa/know", .know),
        ("ccpa/delete", .ccpaDelete), ("ccpa/correct", .correct), ("ccpa/opt-out", .optOut),
        ("ccpa/limit-use", .limitUse),
    ]

    private typealias ReadWork = @Sendable (inout ObjectReader) throws(ServiceError) -> RequestWork

    private static let steps: [(path: String, read: ReadWork)] = [
        ("identity", RequestWorkRequest.identity), ("start", RequestWorkRequest.start),
        ("extend", RequestWorkRequest.extend), ("complete", RequestWorkRequest.complete),
        ("refuse", RequestWorkRequest.refuse), ("cancel", RequestWorkRequest.cancel),
        ("lift", RequestWorkRequest.lift),
    ]

    let gate: Gate
    let requests: DSRService
    let bodies = RequestBodyReader()

    init(gate: Gate, requests: DSRService) {
        self.gate = gate
        self.requests = requests
    }

    func register(on routes: Routes) {
        for (path, kind) in Self.kinds {
            routes.post("\(Self.path)/\(path)") { try await file($0, $1, kind, path) }
        }
        routes.get(Self.path) { try await list($0, $1) }
        routes.get(Self.path + "/{id}") { try await get($0, $1) }
        routes.get(Self.path + "/{id}/answer", as: Self.portableTypes) { try await answer($0, $1) }
        routes.get(Self.path + "/{id}/evidence") { try await evidence($0, $1) }
        registerErasure(on: routes)
        for (path, read) in Self.steps {
            routes.post("\(Self.path)/{id}/\(path)") { try await work($0, $1, path, read) }
        }
    }

    private func file(
        _ request: Request, _ context: GatewayContext, _ kind: DSRKind, _ path: String
    ) async throws -> Response {
        try await gate.pass(request, context, .fileRequest, purpose: .none) { authorized in
            try await bodies.json(request) { body in
                let command = try authorized.validated { () throws(ServiceError) in
                    _ = try QueryReader(request, [])
                    var reader = try ObjectReader(JSONReader.read(body))
                    let (person, draft) = try DSRRequest.read(kind, &reader)
                    return FileRequestCommand(
                        person: person, draft: draft,
                        idempotency: try ContactRoutes.idempotency(
                            request, path: "\(Self.path)/\(path)", body))
                }
                let outcome = try await requests.file(command)
                return Self.reply(outcome, .created)
            }
        }
    }

    private func work(
        _ request: Request, _ context: GatewayContext, _ path: String, _ read: ReadWork
    ) async throws -> Response {
        try await gate.pass(request, context, .workRequest, purpose: .none) { authorized in
            try await bodies.json(request) { body in
                let command = try authorized.validated { () throws(ServiceError) in
                    let id = try Self.id(request, context)
                    var reader = try ObjectReader(JSONReader.read(body))
                    return WorkRequestCommand(
                        request: id, work: try read(&reader),
                        idempotency: try ContactRoutes.idempotency(
                            request, path: "\(Self.path)/\(id.text)/\(path)", body))
                }
                return Self.reply(try await requests.work(command), .ok)
            }
        }
    }

    private static func reply(
        _ outcome: RequestOutcome, _ status: HTTPResponse.Status
    ) -> Response {
        var headers = ContactRoutes.receipts([outcome.mutation.receipt.index])
        if status == .created { headers[.location] = "\(path)/\(outcome.request.id.text)" }
        if outcome.mutation.replayed { headers[HeaderNames.idempotentReplayed] = "true" }
        return Reply.json(DSRResponse.json(outcome.request), status: status, headers: headers)
    }

    private func get(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .readRequest, purpose: .none) { authorized in
            let id = try authorized.validated { () throws(ServiceError) in
                try Self.id(request, context)
            }
            return Reply.json(DSRResponse.json(try await requests.get(id)))
        }
    }

    static func id(
        _ request: Request, _ context: GatewayContext
    ) throws(ServiceError) -> EntityID {
        _ = try QueryReader(request, [])
        guard let raw = context.parameters.get("id"), let id = try? EntityID(raw) else {
            throw ServiceError(.notFound, "There is no request with this id.")
        }
        return id
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .listRequests, purpose: .none) { authorized in
            let query = try authorized.validated { () throws(ServiceError) in
                try Self.query(request)
            }
            return Reply.json(DSRResponse.json(try await requests.list(query)))
        }
    }

    private static let defaultLimit: UInt64 = 50

    private static func query(_ request: Request) throws(ServiceError) -> RequestQueueQuery {
        let reader = try QueryReader(request, ["due", "state", "cursor", "limit"])
        var query = RequestQueueQuery()
        query.due = try parameter(reader, "due", "a day such as 2026-01-31") { CalendarDate($0) }
        query.state = try parameter(
            reader, "state", "one of \(DSRState.allCases.map(\.rawValue).joined(separator: ", "))"
        ) { DSRState(rawValue: $0) }
        query.after = try parameter(reader, "cursor", "the next of a page before, as it is") {
            DSRResponse.place($0)
        }
        let limit = Int(clamping: try reader.optionalInteger("limit") ?? defaultLimit)
        guard RequestQueueQuery.limits.contains(limit) else {
            throw ServiceError(
                .invalidParameter,
                "limit is from \(RequestQueueQuery.limits.lowerBound) to \(RequestQueueQuery.limits.upperBound)."
            )
        }
        query.limit = limit
        return query
    }

    private static func parameter<Value>(
        _ reader: QueryReader, _ name: String, _ what: String, _ read: (String) -> Value?
    ) throws(ServiceError) -> Value? {
        guard let text = reader.optionalText(name) else { return nil }
        guard let value = read(text) else {
            throw ServiceError(.invalidParameter, "\(name) is \(what).")
        }
        return value
    }
}
