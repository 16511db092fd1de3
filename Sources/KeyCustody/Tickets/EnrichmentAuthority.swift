import ContactModel
import Foundation
import LedgerFormat

/// What an `EnrichmentRequested` gives the authority for: its entry, found in a tree that the keeper signed.
public struct EnrichmentAuthority: Sendable {
    /// Of the log of the entry, which may have ended since.
    let origin: String
    let header: EntryHeader
    let subject: SubjectTag
    let event: EnrichmentRequested
    let enrichment: EntityID
    let securityLabel: SecurityLabel

    /// Of the entry.
    public var label: String { header.label }
}

/// As `ErasureOrderCheck` for orders: the receipt, the payload and what they are of.
struct EnrichmentReceiptCheck: Sendable {
    private let check: ReceiptCheck

    init(_ hierarchy: KeyHierarchy) { check = ReceiptCheck(hierarchy) }

    /// - Throws: `KeyCustodyError.invalid` saying what is missing.
    func authority(
        _ receipt: InclusionReceipt, payload: Data
    ) throws(KeyCustodyError) -> EnrichmentAuthority {
        let checkpoint: Checkpoint
        let header: EntryHeader
        do throws(ReceiptCheck.Refusal) {
            checkpoint = try check.checkpoint(receipt.checkpoint)
            header = try check.header(of: receipt, in: checkpoint)
        } catch {
            throw Self.refused(error.why)
        }
        guard header.stream.rawValue == EnrichmentRequested.stream,
            header.type == EnrichmentRequested.type, let subject = header.subject
        else { throw Self.refused("its entry is no \(EnrichmentRequested.type) of a subject") }
        guard PayloadCommitment.hash(payload) == header.payloadHash,
            let event = try? EventCoding.decode(EnrichmentRequested.self, from: payload),
            let enrichment = try? EntityID(event.enrichmentId),
            let label = try? SecurityLabel(header.label)
        else { throw Self.refused("its payload is another") }
        return EnrichmentAuthority(
            origin: checkpoint.origin, header: header, subject: subject, event: event,
            enrichment: enrichment, securityLabel: label)
    }

    private static func refused(_ why: String) -> KeyCustodyError {
        KeyCustodyError(.invalid, "this is no request to enrich: \(why); no ticket was given")
    }
}
