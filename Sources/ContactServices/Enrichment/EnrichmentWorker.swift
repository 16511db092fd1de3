import ContactModel
import Foundation
import LedgerFormat
import ProcessBoundary

/// One step of an enrichment: what is decided on the contact as it stands, and what makes good where it cannot be done any more.
struct EnrichmentWorker: Sendable {
    let own: TicketedLedger
    let id: EntityID
    let standing: EnrichmentCase

    enum Step {
        case taken
        case inconsistent
    }

    /// - Throws: `precondition-failed`, `conflict` where it is to be looked at anew; `internal-error`, unavailability.
    func step(_ action: EnrichmentCase.Action) async throws(ServiceError) -> Step {
        switch action {
        case .timeOut(let vendor, let attempt):
            try await append([
                draft(
                    EnrichmentTimedOut(
                        attempt: attempt, enrichmentId: id.text, salt: Salt.random(),
                        vendor: vendor))
            ])
        case .fail: try await stop(EnrichmentFailed.self, .noAnswer)
        case .merge: try await merge()
        case .recordProvenance: try await recordProvenance()
        case .update: return try await update()
        }
        return .taken
    }

    private func merge() async throws(ServiceError) {
        let row = try await own.contact()
        if let reason = try reason(row) {
            return try await stop(EnrichmentFailed.self, reason)
        }
        try await append(
            [
                draft(
                    EnrichmentMerged(
                        decisions: standing.decisions(among: contestants(row)),
                        enrichmentId: id.text, salt: Salt.random()))
            ], expecting: row.head.version)
    }

    private func recordProvenance() async throws(ServiceError) {
        let row = try await own.contact()
        if let reason = try reasonAgainstMerge(row) {
            return try await stop(EnrichmentRolledBack.self, reason)
        }
        var drafts: [WireEntryDraft] = []
        for provenance in try received().compactMap(\.provenance) {
            drafts.append(try draft(provenance))
        }
        do throws(ServiceError) {
            try await append(drafts, expecting: row.head.version)
        } catch {
            guard let reason = Self.reason(error) else { throw error }
            try await stop(EnrichmentRolledBack.self, reason)
        }
    }

    private func update() async throws(ServiceError) -> Step {
        let row = try await own.contact()
        if let reason = try reasonAgainstMerge(row) {
            try await stop(EnrichmentInconsistent.self, reason)
            return .inconsistent
        }
        let taken = standing.taken
        let attributes = try received().flatMap(\.attributes)
        var drafts: [WireEntryDraft] = []
        for id in taken {
            guard let attribute = attributes.first(where: { $0.attributeId == id }) else {
                throw .unexpectedReply(.ledger)
            }
            drafts.append(try draft(attribute))
        }
        drafts.append(
            try draft(
                ContactEnriched(attributes: taken, enrichmentId: id.text, salt: Salt.random())))
        do throws(ServiceError) {
            try await append(drafts, expecting: row.head.version)
            return .taken
        } catch {
            guard let reason = Self.reason(error) else { throw error }
            try await stop(EnrichmentInconsistent.self, reason)
            return .inconsistent
        }
    }

    // MARK: - What stands against it

    private func reason(_ row: WireContactRow) throws(ServiceError) -> EnrichmentReason? {
        let purpose: PurposeCode
        do throws(ValidationError) {
            purpose = try PurposeCode(standing.requested.purpose)
        } catch {
            throw .unexpectedReply(.ledger)
        }
        return try EnrichmentGuard.reason(against: purpose, row)
    }

    private func reasonAgainstMerge(
        _ row: WireContactRow
    ) throws(ServiceError) -> EnrichmentReason? {
        if let reason = try reason(row) { return reason }
        return standing.isDecided(among: contestants(row)) ? nil : .contactChanged
    }

    /// What the ledger's refusal means for the enrichment; nil: it is looked at anew, or later.
    private static func reason(_ error: ServiceError) -> EnrichmentReason? {
        switch error.code {
        case .preconditionFailed, .conflict: nil
        case .processingRestricted: .restricted
        default: error.code.kind == .unavailable ? nil : .refused
        }
    }

    private func contestants(_ row: WireContactRow) -> [EnrichmentMerge.Contestant] {
        EnrichmentGuard.contestants(row, vendors: standing.vendors.map(\.id))
    }

    // MARK: - Entries

    /// What vendors sent, in the order of the ledger.
    private func received() throws(ServiceError) -> [EnrichmentReceived] {
        var events: [EnrichmentReceived] = []
        for step in own.order.steps {
            guard let header = try? EntryHeader(canonical: step.header) else {
                throw .unexpectedReply(.ledger)
            }
            guard header.type == EnrichmentReceived.type else { continue }
            guard let event = try? EventCoding.decode(EnrichmentReceived.self, from: step.payload)
            else { throw .unexpectedReply(.ledger) }
            events.append(event)
        }
        return events
    }

    private func stop<Stop: EnrichmentStop>(
        _ type: Stop.Type, _ reason: EnrichmentReason
    ) async throws(ServiceError) {
        let event = Stop(enrichmentId: id.text, reason: reason, salt: Salt.random())
        try await append([try draft(event)])
    }

    private func draft(_ event: some LedgerEvent) throws(ServiceError) -> WireEntryDraft {
        do throws(ValidationError) {
            return WireEntryDraft(event, try SecurityLabel(own.order.enrichment.label))
        } catch {
            throw .unexpectedReply(.ledger)
        }
    }

    private func append(
        _ drafts: [WireEntryDraft], expecting version: UInt64? = nil
    ) async throws(ServiceError) {
        _ = try await own.append(
            drafts, as: .advance, for: standing.requested.purpose, expecting: version)
    }
}
