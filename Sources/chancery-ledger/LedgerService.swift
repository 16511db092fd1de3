import AccessControl
import ContactModel
import Foundation
import LedgerStore
import ProcessBoundary
import Projections

/// Answers the gateway: credential and permit first, then translation to the store and back.
struct LedgerService: Sendable {
    let gate: AccessGate
    let state: ServiceState
    /// For what it decides by the caller's own word.
    let keeper: KeeperPort
    private let word: KeeperWord
    let introductions: Introductions
    let relabellings: Relabellings

    init(gate: AccessGate, state: ServiceState, keeper: KeeperPort) {
        self.gate = gate
        self.state = state
        self.keeper = keeper
        word = KeeperWord(keeper)
        introductions = Introductions(word: word)
        relabellings = Relabellings(word: word)
    }

    func answer(_ request: WireLedgerRequest) async -> WireLedgerResponse {
        var response = WireLedgerResponse()
        do throws(WireFault) {
            response.result = try await result(request)
        } catch {
            response.result = .fault(error)
        }
        return response
    }

    private func result(
        _ request: WireLedgerRequest
    ) async throws(WireFault) -> WireLedgerResponse.OneOf_Result {
        // A signature counts once: it is not used up for a ledger that is not there.
        let origin = request.isSigned ? try state.ledger().identity.origin : nil
        let authorized = try await gate.admit(
            request, at: origin, tickets: try await tickets(for: request))
        // Health answers before there is a ledger.
        if case .health = request.operation { return .health(await health()) }
        let ledger = try state.ledger()
        guard let operation = request.operation else { throw Self.unknown }
        if let ticket = authorized.principal?.ticket {
            try await offEventLoop { () throws(WireFault) in try ledger.requireOpen(ticket) }
        }
        if let principal = authorized.principal {
            let actor = try LedgerActor(principal, request.context)
            switch operation {
            case .prepare(let request):
                return .prepare(try await ledger.answer(request, for: principal.clearance))
            case .append(let append):
                try await introductions.check(append)
                try await relabellings.check(append, in: ledger, for: principal.clearance)
                return .append(try await ledger.answer(append, by: actor))
            case .seal(let seal):
                return .seal(try await ledger.answer(seal, by: actor))
            case .erase(let erase):
                return .erase(
                    try await ledger.answer(erase, by: actor, keeper))
            case .rotateKey(let rotation):
                return .keys(try await ledger.answer(rotation, by: actor, keeper))
            case .listKeys: return .keys(try await ledger.listKeys())
            case .correctClock(let correction):
                return .append(try await ledger.answer(correction, by: actor))
            case .setPolicy(let request):
                return .policySet(try await ledger.answer(request, by: principal, actor))
            case .noteDelivery(let request):
                return .notices(try await ledger.answer(request, by: actor))
            case .certifyErasure(let request):
                return .certificate(
                    try await ledger.answer(request, for: principal.clearance, keeper))
            default: break
            }
        }
        if case .recordRefusals(let refusals) = operation {
            return .append(try await ledger.answer(refusals))
        }
        if case .receipt(let request) = operation, request.signed {
            return .receipt(
                try await offEventLoop { () async throws(WireFault) in
                    try await ledger.signedReceipt(request)
                })
        }
        // Reads the disk: not on the event loop.
        let result = try await offEventLoop { () throws(WireFault) in
            try ledger.read(operation, for: authorized.principal?.clearance)
        }
        if case .contact(let row) = result {
            try AccessDecision.found(row.head.subject, for: authorized.principal)
        }
        return result
    }

    /// Asked of the keeper once, and for tickets alone.
    private func tickets(
        for request: WireLedgerRequest
    ) async throws(WireFault) -> TicketAuthority? {
        guard SignedTicket.isOne(request.credential) else { return nil }
        return try await word.tickets(at: try state.ledger().identity.origin)
    }

    private func health() async -> WireLedgerHealth {
        var health = WireLedgerHealth()
        health.credentialsProblem = await gate.credentialsProblem()
        let ledger: Ledger
        do throws(WireFault) {
            ledger = try state.ledger()
        } catch {
            health.problem = error.message
            return health
        }
        let status = ledger.status
        health.ready = status.problem == nil
        health.problem = status.problem ?? ""
        health.treeSize = status.durableSize
        health.signedSize = status.signedSize
        health.projectedSize = status.projectedSize
        health.activeSegment = status.activeSegment
        health.sealedSegments = status.sealedSegments
        health.queueDepth = UInt64(clamping: status.queuedAppends)
        health.freeDiskBytes = status.freeDiskBytes
        health.lastCheckpointTime = status.lastCheckpointTime
        health.keeperReachable = status.isSignerReachable
        health.rotationProblem = status.rotationProblem ?? ""
        health.refusedErasures = UInt64(clamping: status.refusedErasures)
        return health
    }

    static let unknown = WireFault(
        .invalid, "The request names no operation that needs a credential it has.")
}
