import ContactServices
import HTTPTypes
import Hummingbird

/// `/api/v1/keys`: what signs and encrypts, and its rotation.
struct KeyRoutes: Sendable {
    static let path = "/api/v1/keys"

    let gate: Gate
    let keys: KeyService

    func register(on routes: Routes) {
        routes.get(Self.path) { try await list($0, $1) }
        routes.post(Self.path + "/{use}/rotate") { try await rotate($0, $1) }
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .listKeys, purpose: .none) { authorized in
            Reply.json(KeyResponses.json(try await keys.list(authorized)))
        }
    }

    private func rotate(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await gate.pass(request, context, .rotateKey, purpose: .none) { authorized in
            let use = try authorized.validated { () throws(ServiceError) in
                guard let key = RotatableKey(rawValue: context.parameters.get("use") ?? "") else {
                    let all = RotatableKey.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ServiceError(.invalidParameter, "The key must be one of \(all).")
                }
                return key
            }
            return Reply.json(KeyResponses.json(try await keys.rotate(use.command, authorized)))
        }
    }
}
