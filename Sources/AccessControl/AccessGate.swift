import ContactModel
import FoundationEssentials
public import ProcessBoundary

/// Complete mediation for a daemon's socket: credential verified here, table consulted here, whatever the gateway said.
public struct AccessGate: Sendable {
    private let verifier: TokenVerifier

    public init(_ verifier: TokenVerifier) { self.verifier = verifier }

    /// Operation and every entry of an append.
    /// - Throws: `INVALID` for a request without an operation, `UNAUTHENTICATED`, `FORBIDDEN`.
    public func admit(
        _ request: WireLedgerRequest
    ) async throws(WireFault) -> Authorized<LedgerOperation> {
        guard let operation = LedgerOperation(request) else { throw Self.noOperation }
        if Permits.requirement(of: operation) == .nobodyInParticular {
            return try AccessDecision.ledger(operation, nil)
        }
        let principal = try await principal(request.credential)
        let authorized = try AccessDecision.ledger(operation, principal)
        if case .append(let append) = request.operation {
            for mutation in append.mutations {
                try AccessDecision.entries(mutation.entries, principal)
            }
        }
        return authorized
    }

    /// - Throws: `INVALID` for a request without an operation, `UNAUTHENTICATED`, `FORBIDDEN`.
    public func admit(
        _ request: WireKeeperRequest, on socket: KeeperSocket
    ) async throws(WireFault) -> Authorized<KeeperOperation> {
        guard let operation = KeeperOperation(request) else { throw Self.noOperation }
        switch Permits.requirement(of: operation, on: socket) {
        case .anyPrincipal, .oneOf:
            let principal = try await principal(request.credential)
            return try AccessDecision.keeper(operation, on: socket, principal)
        case .nobodyInParticular, .socketAlone, nil:
            return try AccessDecision.keeper(operation, on: socket, nil)
        }
    }

    private func principal(_ credential: Data) async throws(WireFault) -> SecurityPrincipal {
        do {
            return try await verifier.verify(credential)
        } catch {
            throw error.fault
        }
    }

    private static let noOperation = WireFault(
        .invalid, "the request names no operation: are both processes of one version?")
}
