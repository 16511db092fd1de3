import ContactServices
import Foundation
import HTTPTypes
import Hummingbird

/// `/api/v1/policies`: the access policies in force, and others in their place.
struct PolicyRoutes: Sendable {
    static let path = "/api/v1/policies"
    /// No media type is registered for Cedar's language.
    static let mediaTypes = ["text/plain", "application/cedar"]

    let gate: Gate
    let policies: PolicyService
    private let bodies = RequestBodyReader()

    init(gate: Gate, policies: PolicyService) {
        self.gate = gate
        self.policies = policies
    }

    func register(on routes: Routes) {
        routes.get(Self.path) { try await read($0, $1) }
        routes.put(Self.path) { try await set($0, $1) }
    }

    private func read(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .readPolicies, purpose: .none) { authorized in
            let query = try authorized.validated { () throws(ServiceError) in
                try Self.query(request)
            }
            let found = try await policies.read(query)
            let headers: HTTPFields =
                query.command.isPast ? [:] : [.eTag: Conditions.tag(found.version)]
            return Reply.json(PolicyResponses.json(found), headers: headers)
        }
    }

    private func set(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .setPolicies, purpose: .none) { authorized in
            try await bodies.body(request, of: Self.mediaTypes) { body in
                let change = try authorized.validated { () throws(ServiceError) in
                    _ = try QueryReader(request, [])
                    return try PolicyChange(text: body, expected: Self.expected(request))
                }
                let receipt = try await policies.set(change)
                return Reply.json(
                    PolicyResponses.json(receipt),
                    headers: [
                        .eTag: Conditions.tag(receipt.version),
                        HeaderNames.link:
                            "</api/v1/ledger/entries/\(receipt.index)/receipt>; rel=\"receipt\"",
                    ])
            }
        }
    }

    private static func query(_ request: Request) throws(ServiceError) -> PolicyQuery {
        let reader = try QueryReader(request, ["at", "generation"])
        let index = try reader.optionalInteger("at")
        let generation = try reader.optionalInteger("generation")
        guard generation != 0, generation == nil || index != nil else {
            throw ServiceError(
                .invalidParameter, "generation counts from 1, and says whose entry `at` names.")
        }
        return PolicyQuery(index: index, generation: generation)
    }

    /// One entity tag, as the policies are read with: what is signed is this one text (RFC 9110, section 13.1.1).
    private static func expected(_ request: Request) throws(ServiceError) -> UInt64? {
        guard let header = request.headers[.ifMatch] else { return nil }
        guard header.count > 2, header.first == "\"", header.last == "\"" else {
            throw ServiceError(
                .invalidParameter,
                "If-Match is the ETag that the policies were read with, such as \"0\".")
        }
        return try QueryReader.integer(String(header.dropFirst().dropLast()), "If-Match")
    }
}
