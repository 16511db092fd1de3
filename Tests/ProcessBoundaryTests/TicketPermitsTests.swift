import ContactModel
import Foundation
import ProcessBoundary
import Testing

/// The tables of tickets, written down a second time: every pair is checked, so that no row can change unnoticed.
@Suite struct TicketPermitsTests {
    static func ticket(vendor: String?) -> TicketGrant {
        TicketGrant(
            origin: "chancery.test", generation: 1, index: 7, subject: Data(count: 16),
            enrichment: .random(), purpose: "sales", label: .default, vendor: vendor, attempt: 1,
            expiresAt: .distantFuture)
    }

    static let vendors: [String?] = [nil, "vendor-a"]

    @Test(arguments: LedgerOperation.allCases, vendors)
    func ledgerTableIsClosed(operation: LedgerOperation, vendor: String?) {
        let allowed: Set<LedgerOperation> = [.append, .audit, .readContact]
        #expect(
            Permits.allows(operation, on: Self.ticket(vendor: vendor))
                == allowed.contains(operation))
    }

    @Test(arguments: KeeperOperation.allCases, vendors)
    func keeperTableIsClosed(operation: KeeperOperation, vendor: String?) {
        let ticket = Self.ticket(vendor: vendor)
        let allowed: Set<KeeperOperation> =
            vendor == nil ? [.sealAddress] : [.sealAddress, .derive, .encrypt]
        #expect(
            Permits.allows(operation, on: .gateway, of: ticket) == allowed.contains(operation))
        #expect(!Permits.allows(operation, on: .ledger, of: ticket))
    }

    @Test(arguments: vendors)
    func entryTableIsClosed(vendor: String?) {
        let allowed: [String: Set<String>] =
            vendor == nil
            ? [
                "contact": [
                    "EnrichmentTimedOut", "EnrichmentMerged", "AttributeEnriched",
                    "ContactEnriched", "EnrichmentRolledBack", "EnrichmentInconsistent",
                    "EnrichmentFailed",
                ],
                "provenance": ["ProvenanceRecorded"],
            ] : ["contact": ["EnrichmentReceived"]]
        let streams = [
            "contact", "consent", "provenance", "sharing", "dsr", "audit", "policy", "key",
            "segment", "", "Contact",
        ]
        let types =
            [
                "ContactCreated", "AttributeEnriched", "ContactRelabelled", "ConsentGranted",
                "ProvenanceRecorded", "ContactUpdated", "ConsentRevoked", "AuditEvent",
                "KeyActivated", "SegmentSealed", "PolicySetActivated", "SubjectErased",
                "ErasureOrdered", "", "SharingRecorded", "SharingRevoked", "EnrichmentRequested",
                "EnrichmentReceived", "EnrichmentTimedOut", "EnrichmentMerged", "ContactEnriched",
                "EnrichmentRolledBack", "EnrichmentInconsistent", "EnrichmentFailed",
            ] + DSREvent.types
        for stream in streams {
            for type in types {
                #expect(
                    Permits.allowsEntry(
                        stream: stream, type: type, on: Self.ticket(vendor: vendor))
                        == (allowed[stream]?.contains(type) ?? false), "\(stream) \(type)")
            }
        }
    }

    @Test func whoMayBringSomebodyInLearnsWhetherTheyAreSuppressed() {
        for role in Role.allCases {
            let principal = SecurityPrincipal(
                subject: "x", roles: [role], clearance: .default, tokenID: "j",
                expiresAt: .distantFuture)
            #expect(Permits.asksSuppression(principal) == (role == .enrichmentPlatform))
        }
        for vendor in Self.vendors {
            let principal = SecurityPrincipal(Self.ticket(vendor: vendor))
            #expect(Permits.asksSuppression(principal) == (vendor != nil))
        }
    }
}
