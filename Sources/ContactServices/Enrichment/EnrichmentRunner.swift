public import ContactModel
import Foundation
import ProcessBoundary

/// Does what is to be done for enrichments by nobody's asking: each step on a ticket, decided by the ledger. It remembers nothing: what is to
/// be done stands in the ledger, so that after a crash the next one goes on where this one was, and two at once do nothing twice.
public struct EnrichmentRunner: Sendable {
    private let ledger: any LedgerPort
    private let orders: EnrichmentOrders
    private let tickets: EnrichmentTickets
    private let notify: @Sendable (Notice) -> Void
    private let pauses = EnrichmentPauses()

    /// For whoever watches the gateway.
    public enum Notice: Sendable, Equatable {
        /// Provenance tells of values that the contact did not get (FORMAT 9.12).
        case inconsistent(enrichment: EntityID)
        /// It waits: why.
        case waits(ServiceError.Code)
    }

    public init(
        ledger: any LedgerPort, keeper: any KeeperPort,
        notify: @escaping @Sendable (Notice) -> Void = { _ in }
    ) {
        self.ledger = ledger
        orders = EnrichmentOrders(ledger: ledger)
        tickets = EnrichmentTickets(keeper: keeper)
        self.notify = notify
    }

    /// Looks again and again, until the task is cancelled.
    public func follow() async {
        var problem: ServiceError.Code?
        while !Task.isCancelled {
            do throws(ServiceError) {
                try await run()
                problem = nil
            } catch {
                if problem != error.code { notify(.waits(error.code)) }
                problem = error.code
            }
            try? await Task.sleep(for: ServiceLimits.enrichmentInterval)
        }
    }

    /// All that is due now, each as far as it goes. One that cannot go on is left alone for a while.
    ///
    /// - Throws: what kept the last one waiting that could not go on; the others went.
    public func run() async throws(ServiceError) {
        var problem: ServiceError?
        for id in try await orders.due() where !pauses.isPaused(id, at: .now) {
            do throws(ServiceError) {
                try await advance(id)
                pauses.wentOn(id)
            } catch {
                pauses.failed(id, at: .now)
                problem = error
            }
        }
        if let problem { throw problem }
    }

    private func advance(_ id: EntityID) async throws(ServiceError) {
        var refusal: ServiceError?
        for _ in 0..<ServiceLimits.enrichmentSteps {
            let order = try await orders.order(id)
            guard let standing = EnrichmentCase(order.enrichment) else {
                throw .unexpectedReply(.ledger)
            }
            guard let action = standing.action(at: .now()) else { return }
            let own = TicketedLedger(
                ledger: ledger, ticket: try await tickets.ticket(for: order), order: order,
                requestID: .random())
            do throws(ServiceError) {
                let step = try await EnrichmentWorker(own: own, id: id, standing: standing)
                    .step(action)
                if case .inconsistent = step { notify(.inconsistent(enrichment: id)) }
                refusal = nil
            } catch {
                // Somebody else was faster, or the contact changed: it is looked at anew, once at once.
                guard [.preconditionFailed, .conflict].contains(error.code), refusal == nil else {
                    throw error
                }
                refusal = error
            }
        }
    }
}
