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
            return try await work(request).order
        } catch {
            throw error.code == .notFound ? .noSuchEnrichment : error
        }
    }

    func due() async throws(ServiceError) -> [EntityID] {
        var request = WireEnrichmentWorkRequest()
        request.limit = ServiceLimits.dueEnrichments
        return try await work(request).due.compactMap { EntityID(bytes: $0) }
    }

    private func work(
        _ request: WireEnrichmentWorkRequest
    ) async throws(ServiceError) -> WireEnrichmentWork {
        try await ledger.ask(.enrichmentWork(request)) { result -> WireEnrichmentWork? in
            if case .work(let work) = result { work } else { nil }
        }
    }
}

extension ServiceError {
    static let noSuchEnrichment = ServiceError(
        .notFound, "There is no enrichment with this id.")
}
