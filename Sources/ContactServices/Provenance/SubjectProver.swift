public import ContactModel
import Foundation
import LedgerFormat
import ProcessBoundary

/// Hands out everything that the ledger says of one contact, so that somebody else can check it offline (FORMAT 9.11), and checks it first.
public struct SubjectProver: Sendable {
    private let ledger: any LedgerPort
    private let keeper: any KeeperPort
    private let auditor: Auditor
    private let slots: Slots
    private let most: Int

    public init(ledger: any LedgerPort, keeper: any KeeperPort) {
        self.init(
            ledger: ledger, keeper: keeper, slots: Slots(most: ServiceLimits.proofsAtATime),
            most: ServiceLimits.provedBytes)
    }

    /// - Parameter most: bytes of the entries of one document.
    init(ledger: any LedgerPort, keeper: any KeeperPort, slots: Slots, most: Int) {
        self.ledger = ledger
        self.keeper = keeper
        self.slots = slots
        self.most = most
        auditor = Auditor(ledger: ledger)
    }

    /// Values of attributes are in it only for a purpose that is stated and covered: then the hashes of provenance records can be redone.
    ///
    /// - Returns: the document's bytes.
    /// - Throws: `not-found`; `forbidden` where entries are above the caller's clearance, since nothing may be left out, and for a purpose
    ///   stated by a role that reads no values; `purpose-not-covered`; `too-large`; `unreadable`; `overloaded` while others are being made;
    ///   unavailability.
    public func document(_ validated: Validated<EntityID>) async throws(ServiceError) -> [UInt8] {
        guard slots.take() else {
            throw ServiceError(
                .overloaded, "Other documents of this kind are being made; try again shortly.",
                retryAfter: 1)
        }
        defer { slots.leave() }
        let (authorized, contact) = (validated.authorized, validated.command)
        if !authorized.purposes.isEmpty {
            try await PurposeGuard.check(authorized, contact, ledger)
        }
        let (subject, entries, heads) = try await entries(of: contact, authorized)
        let opened =
            authorized.purposes.isEmpty
            ? [] : try await OpenedProvenance(keeper: keeper).data(of: entries, authorized)
        guard let tag = SubjectTag(subject) else { throw .unexpectedReply(.ledger) }
        let evidence = SubjectEvidence(
            subject: tag, entries: entries, heads: heads, attributedData: opened)
        let bytes: [UInt8]
        do throws(CanonicalJSONError) {
            bytes = try evidence.bytes(checks: Self.checks(evidence))
        } catch {
            throw .unexpectedReply(.ledger)
        }
        guard bytes.count <= SubjectEvidence.maxBytes else { throw Self.tooLarge }
        try await auditor.disclosure(authorized, subject: subject)
        return bytes
    }

    /// What holds, in the words of the document.
    static func checks(_ evidence: SubjectEvidence) -> CanonicalJSON.Value {
        do throws(SubjectEvidenceError) {
            let chain = try SubjectChain(evidence.entries, of: evidence.subject)
            let records = try evidence.checkAttributedData()
            var outcome = "holds"
            var members: [CanonicalJSON.Member] = [
                .init("attributedData", .integer(UInt64(records)))
            ]
            if let heads = evidence.heads,
                let body = try? SegmentManifest(parsing: heads.manifest).body
            {
                let audits = try chain.check(heads, manifest: body, of: evidence.subject)
                members.append(.init("auditEntries", .integer(audits)))
                members.append(.init("completeUpTo", .integer(body.treeSize)))
                members.append(.init("generation", .integer(body.generation)))
                members.append(.init("segment", .integer(body.segment)))
                if body.generation > 1 {
                    outcome = "partial"
                    members.append(
                        .init(
                            "notChecked",
                            .string(
                                "generations before \(body.generation): nothing pins their entries here"
                            )))
                }
            }
            members.append(.init("entries", .integer(UInt64(chain.headers.count))))
            members.append(.init("outcome", .string(outcome)))
            return .object(members)
        } catch {
            return .object([
                .init("failure", .string(error.message)), .init("outcome", .string("fails")),
            ])
        }
    }

    private func entries(
        of contact: EntityID, _ authorized: Authorized
    ) async throws(ServiceError) -> (Data, [SubjectEvidence.Entry], SubjectHeadsProof?) {
        var entries: [SubjectEvidence.Entry] = []
        var heads: SubjectHeadsProof?
        var bytes = 0
        var request = WireProveSubjectRequest()
        request.credential = authorized.request.credential
        request.contactID = Data(contact.bytes)
        request.limit = UInt32(clamping: ServiceLimits.historyRows)
        while true {
            let page = try await ask(request)
            guard !page.isPartial else {
                throw ServiceError(
                    .forbidden,
                    "Entries of this contact are above the clearance of this token, and a proof leaves nothing out."
                )
            }
            entries += page.entries.map { entry in
                SubjectEvidence.Entry(
                    header: entry.header, payload: entry.payload, receipt: entry.receipt)
            }
            bytes += page.entries.reduce(0) {
                $0 + $1.header.count + $1.payload.count + $1.receipt.count
            }
            guard entries.count <= ServiceLimits.provedEntries, bytes <= most else {
                throw Self.tooLarge
            }
            if page.hasHeads { heads = try SubjectHeadsProof(page.heads) }
            guard page.next != 0 else { return (page.head.subject, entries, heads) }
            // Each page begins behind the one before.
            guard page.next > request.from else { throw .unexpectedReply(.ledger) }
            request.from = page.next
        }
    }

    private func ask(
        _ request: WireProveSubjectRequest
    ) async throws(ServiceError) -> WireSubjectPage {
        do throws(ServiceError) {
            return try await ledger.ask(.proveSubject(request)) { result -> WireSubjectPage? in
                if case .subject(let page) = result { page } else { nil }
            }
        } catch {
            throw error.code == .notFound ? .noSuchContact : error
        }
    }

    private static let tooLarge = ServiceError(
        .tooLarge,
        "The contact has more than \(ServiceLimits.provedEntries) entries, or they are too large for one document; verify the ledger's segments."
    )
}

extension SubjectHeadsProof {
    fileprivate init(_ wire: WireSubjectHeadsProof) throws(ServiceError) {
        var leaves: [SubjectHeadsProof.Leaf] = []
        for leaf in wire.leaves {
            var proof: [Digest32] = []
            for bytes in leaf.proof {
                guard let hash = Digest32(bytes) else { throw .unexpectedReply(.ledger) }
                proof.append(hash)
            }
            guard let tag = SubjectTag(leaf.tag), let stream = EntryStream(rawValue: leaf.stream)
            else { throw .unexpectedReply(.ledger) }
            leaves.append(
                SubjectHeadsProof.Leaf(
                    place: leaf.place,
                    head: SubjectHeads.Head(
                        tag: tag, stream: stream, lastIndex: leaf.lastIndex, version: leaf.version),
                    proof: proof))
        }
        self.init(manifest: wire.manifest, count: wire.count, leaves: leaves)
    }
}
