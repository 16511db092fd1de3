import ContactModel
import Foundation
import ProcessBoundary

/// What the ledger has to be done for enrichments.
struct EnrichmentOrders: Sendable {
    let ledger: any LedgerPort

    /// - Throws: `not-found`
    func order(_ id: EntityID) async throws(ServiceError) -> WireEnrichmentOrder {
        var request = WireEnrichmentWorkRequest()
        request.enrichmentID = Data(id.bytes)
        do throws(ServiceError) {
            guard let order = try await work(request).first else {
                throw .unexpectedReply(.ledger)
            }
            return order
        } catch {
            throw error.code == .notFound ? .noSuchEnrichment : error
        }
    }

    func due() async throws(ServiceError) -> [WireEnrichmentOrder] {
        var request = WireEnrichmentWorkRequest()
        request.limit = ServiceLimits.dueEnrichments
        return try await work(request)
    }

    private func work(
        _ request: WireEnrichmentWorkRequest
    ) async throws(ServiceError) -> [WireEnrichmentOrder] {
        try await ledger.ask(.enrichmentWork(request)) { result -> [WireEnrichmentOrder]? in
            if case .work(let work) = result { work.orders } else { nil }
        }
    }
}

extension ServiceError {
    static let noSuchEnrichment = ServiceError(
        .notFound, "There is no enrichment with this id.")
}
