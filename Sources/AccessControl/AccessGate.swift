public import ContactModel
import FoundationEssentials
public import ProcessBoundary

/// Complete mediation for a daemon's socket: credential verified here, table consulted here, whatever the gateway said.
public struct AccessGate: Sendable {
    private let verifier: TokenVerifier
    private let signatures: RequestSignatures

    public init(_ verifier: TokenVerifier, signatures: RequestSignatures = RequestSignatures()) {
        self.verifier = verifier
        self.signatures = signatures
    }

    /// For a process that starts: from then on no request is refused for being signed too early.
    public func untilSignaturesCount() async { await signatures.untilTheyCount() }

    /// Why the keys or the denied tokens on the disk are not those in force; empty: they are.
    public func credentialsProblem() async -> String {
        await verifier.problem().map { "\($0); those from before stay in force" } ?? ""
    }

    /// Operation, every entry of an append, and the request's own signature where one is needed.
    /// - Parameters:
    ///   - origin: of the log; nil while it is not open: then no signature counts.
    ///   - tickets: whose tickets count; nil: none does.
    /// - Throws: `INVALID` for a request without an operation, `UNAUTHENTICATED`, `FORBIDDEN`, `SIGNATURE`.
    public func admit(
        _ request: WireLedgerRequest, at origin: String? = nil, tickets: TicketAuthority? = nil
    ) async throws(WireFault) -> Authorized<LedgerOperation> {
        guard let operation = LedgerOperation(request) else { throw Self.noOperation }
        switch Permits.requirement(of: operation) {
        case .nobodyInParticular, .socketAlone: return try AccessDecision.ledger(operation, nil)
        case .anyPrincipal, .oneOf: break
        }
        let principal = try await principal(request.credential, tickets)
        let authorized = try AccessDecision.ledger(operation, principal)
        if let ticket = principal.ticket { try AccessDecision.bound(request, to: ticket) }
        if case .append(let append) = request.operation {
            for mutation in append.mutations {
                try AccessDecision.entries(mutation.entries, principal)
            }
        }
        if let (signed, target) = try request.signedTarget() {
            guard let origin else { throw Self.closed }
            try signatures.check(
                signed, for: target, at: origin, credential: request.credential, of: principal)
        }
        return authorized
    }

    /// What an erasure is authorized by, whoever opened the contact's id checks with ``check(_:erasing:)``.
    /// - Parameters:
    ///   - origin: of the log whose keys these are; nil while they are not open.
    ///   - tickets: whose tickets count; nil: none does.
    /// - Throws: `INVALID` for a request without an operation, `UNAUTHENTICATED`, `FORBIDDEN`, `SIGNATURE`.
    public func admit(
        _ request: WireKeeperRequest, on socket: KeeperSocket, at origin: String? = nil,
        tickets: TicketAuthority? = nil
    ) async throws(WireFault) -> Authorized<KeeperOperation> {
        guard let operation = KeeperOperation(request) else { throw Self.noOperation }
        switch Permits.requirement(of: operation, on: socket) {
        case .anyPrincipal, .oneOf:
            let principal = try await principal(request.credential, tickets)
            let authorized = try AccessDecision.keeper(operation, on: socket, principal)
            if let ticket = principal.ticket { try AccessDecision.bound(request, to: ticket) }
            if let (signed, target) = request.signedTarget {
                guard let origin else { throw Self.closed }
                try signatures.check(
                    signed, for: target, at: origin, credential: request.credential, of: principal)
            }
            return authorized
        case .nobodyInParticular, .socketAlone, nil:
            return try AccessDecision.keeper(operation, on: socket, nil)
        }
    }

    /// Whether its caller signed that this contact is erased.
    /// - Throws: `SIGNATURE`.
    public func check(
        _ request: WireAuthorizeErasureRequest, erasing contact: EntityID, at origin: String,
        by principal: SecurityPrincipal
    ) throws(WireFault) {
        try signatures.check(
            request.signature, for: .erasure(of: contact), at: origin,
            credential: request.credential, of: principal)
    }

    private func principal(
        _ credential: Data, _ tickets: TicketAuthority?
    ) async throws(WireFault) -> SecurityPrincipal {
        if SignedTicket.isOne(credential) {
            guard let tickets else { throw Self.closedToTickets }
            do throws(AuthenticationError) {
                return try SignedTicket.verify(credential, by: tickets, at: verifier.now())
            } catch {
                throw error.fault
            }
        }
        do {
            return try await verifier.verify(credential)
        } catch {
            throw error.fault
        }
    }

    private static let closed = WireFault(
        .unavailable, "the log is not open yet, so no signature can be checked",
        retryAfterMilliseconds: 500)

    private static let closedToTickets = WireFault(
        .unavailable, "the log is not open yet, so no ticket can be checked",
        retryAfterMilliseconds: 500)

    private static let noOperation = WireFault(
        .invalid, "the request names no operation: are both processes of one version?")
}
