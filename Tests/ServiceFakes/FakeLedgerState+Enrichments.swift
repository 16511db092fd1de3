import ContactModel
import ContactServices
import Foundation
import ProcessBoundary

/// An enrichment as the fake keeps it.
struct FakeEnrichment {
    let id: Data
    let contact: WireContactHead
    let index: UInt64
    let label: String
    let payload: Data
    var standing: EnrichmentCase
    var steps: [WireEnrichmentStepRow] = []

    var row: WireEnrichmentRow {
        .with {
            $0.enrichmentID = id
            $0.contactID = contact.contactID
            $0.subject = contact.subject
            $0.generation = 1
            $0.index = index
            $0.label = label
            $0.standing = (try? JSONEncoder().encode(standing)) ?? Data()
        }
    }

    var order: WireEnrichmentOrder {
        .with {
            $0.enrichment = row
            $0.payload = payload
            $0.receipt = Data("receipt \(index)".utf8)
            $0.steps = steps
        }
    }
}

extension FakeLedgerState {
    mutating func work(_ request: WireEnrichmentWorkRequest) -> WireEnrichmentWork? {
        guard request.enrichmentID.isEmpty else {
            return enrichments.first { $0.id == request.enrichmentID }.map { found in
                .with { $0.order = found.order }
            }
        }
        let now = Timestamp.now().microsecondsSince1970
        let due = enrichments.filter { $0.standing.due.map { $0 <= now } ?? false }
        return .with { $0.due = due.prefix(Int(request.limit)).map(\.id) }
    }

    func response(_ request: WireReadEnrichmentRequest) -> WireEnrichmentResponse? {
        enrichments.first { $0.id == request.enrichmentID }.map { found in
            .with {
                $0.enrichment = found.row
                $0.steps = found.steps
            }
        }
    }

    func page(_ request: WireListEnrichmentsRequest) -> WireEnrichmentPage {
        let waiting = enrichments.reversed().filter { enrichment in
            (request.below == 0 || enrichment.index < request.below)
                && enrichment.standing.state == .collecting
                && enrichment.standing.vendors.contains {
                    $0.id == request.vendor && $0.outcome == nil
                }
        }
        return .with { page in
            page.rows = waiting.prefix(Int(request.limit)).map(\.row)
            if waiting.count > page.rows.count { page.next = page.rows.last?.index ?? 0 }
        }
    }

    /// Takes what a mutation says of an enrichment, as the real ledger does, but for who may.
    ///
    /// - Returns: why not; nil: it is taken.
    mutating func takeEnrichment(
        _ mutation: WireMutation, _ head: WireContactHead
    ) -> WireFault.Code? {
        guard let entry = mutation.entries.last else { return nil }
        let known = enrichments.lastIndex { $0.contact.subject == mutation.subject }
        guard let event = try? EnrichmentEvent(type: entry.type, payload: entry.payload) else {
            return takeProvenance(mutation, known)
        }
        if case .requested(let event) = event {
            guard known.map({ !enrichments[$0].standing.state.isOpen }) ?? true,
                let id = try? EntityID(event.enrichmentId),
                let began = Timestamp(
                    microsecondsSince1970: Timestamp.now().microsecondsSince1970
                        - enrichmentsBeganEarlier)
            else { return .conflict }
            enrichments.append(
                FakeEnrichment(
                    id: Data(id.bytes), contact: head, index: size, label: entry.label,
                    payload: entry.payload, standing: EnrichmentCase(event, at: began)))
            return nil
        }
        let attributes = mutation.entries.dropLast().compactMap {
            try? EventCoding.decode(AttributeEnriched.self, from: $0.payload)
        }
        guard let known, let step = EnrichmentStep(event, attributes) else { return .invalid }
        return take([step], known)
    }

    private mutating func takeProvenance(
        _ mutation: WireMutation, _ known: Int?
    ) -> WireFault.Code? {
        guard let known, mutation.entries.allSatisfy({ $0.type == ProvenanceRecorded.type })
        else { return nil }
        let steps = mutation.entries.compactMap { entry in
            (try? EventCoding.decode(ProvenanceRecorded.self, from: entry.payload)).map {
                EnrichmentStep.provenanceRecorded($0)
            }
        }
        return take(steps, known)
    }

    private mutating func take(_ steps: [EnrichmentStep], _ place: Int) -> WireFault.Code? {
        let enrichment = enrichments[place]
        let vendors = enrichment.standing.vendors.map(\.id)
        let current = (rows[enrichment.contact.contactID]?.attributes ?? []).map { attribute in
            EnrichmentMerge.Contestant(
                id: attribute.id, type: attribute.attributeType,
                confidence: Int(attribute.confidence), validFrom: attribute.validFrom,
                sourceRank: EnrichmentMerge.sourceRank(
                    SourceType(rawValue: attribute.sourceType),
                    attribute.sourceIdentity.isEmpty ? nil : attribute.sourceIdentity,
                    vendors: vendors))
        }
        do throws(EnrichmentRefusal) {
            for step in steps {
                enrichments[place].standing = try enrichments[place].standing.after(
                    step, at: .now(), among: current)
            }
            return nil
        } catch {
            enrichments[place] = enrichment
            return .conflict
        }
    }

    /// Entries that were noted just now.
    mutating func noteSteps(_ mutation: WireMutation, _ contact: Data) {
        guard
            let place = enrichments.lastIndex(where: {
                $0.contact.subject == mutation.subject && $0.index <= size
            }),
            mutation.entries.contains(where: { entry in
                entry.type.hasPrefix("Enrichment") || entry.type == ContactEnriched.type
            }) || enrichments[place].standing.state == .provenanceRecorded
        else { return }
        enrichments[place].steps += entries[contact, default: []].suffix(mutation.entries.count)
            .map { row in
                .with {
                    $0.generation = row.generation
                    $0.header = row.header
                    $0.payload = row.payload
                }
            }
    }
}
