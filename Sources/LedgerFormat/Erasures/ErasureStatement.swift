// FORMAT 9.14: entries of stream `dsr` of one subject, in the order of the ledger
//   DSRCompleted, PARTIALLY_COMPLETED     any number: what was answered in part before
//   ErasureOrdered                        one
//   RecipientNoticeQueued, RecipientNotified
//   SubjectErased                         one; from the order on each is the next of the stream

/// What entries say of one person's erasure: made by reading them, never by anybody's word. Their receipts are somebody else's to check.
public struct ErasureStatement: Sendable, Equatable {
    public let subject: SubjectTag
    public let epochBefore: UInt64
    public let epochAfter: UInt64
    /// Of the `SubjectErased`.
    public let erasedAt: LedgerTime
    /// Of the `SubjectErased`.
    public let generation: UInt64
    /// Reasons of answers in part, by name.
    public let exceptions: [String]
    /// Systems that are to be told, in the order of their entries.
    public let recipients: [String]
    /// Others, for whom there was no room.
    public let omittedRecipients: UInt64

    /// - Throws: `ErasureCertificateError.entry`, `.malformed`
    public init(_ entries: [SubjectEvidence.Entry]) throws(ErasureCertificateError) {
        var reader = ErasureReader()
        for (place, entry) in entries.enumerated() {
            try reader.read(entry, at: place)
        }
        guard let subject = reader.subject, let end = reader.end else {
            throw .malformed("it does not end with the entry SubjectErased")
        }
        self.subject = subject
        epochBefore = end.epochBefore
        epochAfter = end.epochAfter
        erasedAt = end.header.time
        generation = end.header.generation
        exceptions = Set(reader.exceptions).sorted()
        recipients = reader.recipients
        omittedRecipients = reader.omitted
    }
}

/// Goes through the entries in their order.
private struct ErasureReader {
    struct End {
        let header: EntryHeader
        let epochBefore: UInt64
        let epochAfter: UInt64
    }

    private(set) var subject: SubjectTag?
    private(set) var end: End?
    private(set) var exceptions: [String] = []
    private(set) var recipients: [String] = []
    private(set) var omitted: UInt64 = 0
    private var known: Set<String> = []
    private var order: EntryHeader?
    private var last: EntryHeader?

    mutating func read(
        _ entry: SubjectEvidence.Entry, at place: Int
    ) throws(ErasureCertificateError) {
        let header = try Self.header(entry, place)
        guard end == nil else { throw .entry(place, "nothing comes after SubjectErased") }
        guard header.stream == .dsr, let tag = header.subject, tag == subject ?? tag else {
            throw .entry(place, "it is no entry of this subject's requests")
        }
        if let last {
            guard (last.generation, last.index) < (header.generation, header.index) else {
                throw .entry(place, "it does not come after the one before")
            }
            if order != nil { try Self.follow(header, last, place) }
        }
        subject = tag
        let payload: CanonicalJSON.Value
        do throws(CanonicalJSONError) {
            payload = try CanonicalJSON.read(
                entry.payload, limit: LedgerLimits.maxPayloadBytes)
        } catch {
            throw .entry(place, error.message)
        }
        guard try take(payload, of: header, place) else {
            throw .entry(place, "\(header.type) does not belong there")
        }
        last = header
    }

    private mutating func take(
        _ payload: CanonicalJSON.Value, of header: EntryHeader, _ place: Int
    ) throws(ErasureCertificateError) -> Bool {
        switch (header.type, order) {
        case ("DSRCompleted", nil):
            guard payload["outcome"]?.string == "PARTIALLY_COMPLETED",
                let reasons = payload["reasons"]?.array
            else { return false }
            exceptions += reasons.compactMap(\.string)
        case ("ErasureOrdered", nil): order = header
        case ("RecipientNoticeQueued", let order?):
            guard payload["requestId"]?.string == order.id,
                let recipient = payload["recipient"]?.string, known.insert(recipient).inserted
            else { throw .entry(place, "it is no notice of this erasure, or one that is there") }
            recipients.append(recipient)
            omitted = max(omitted, payload["omitted"]?.integer ?? 0)
        case ("RecipientNotified", .some): break
        case ("SubjectErased", let order?): try finish(payload, header, order, place)
        default: return false
        }
        return true
    }

    private mutating func finish(
        _ payload: CanonicalJSON.Value, _ header: EntryHeader, _ order: EntryHeader, _ place: Int
    ) throws(ErasureCertificateError) {
        guard payload["ordered"]?.integer == order.index,
            payload["orderedGeneration"]?.integer ?? header.generation == order.generation
        else { throw .entry(place, "it carries out another order") }
        guard let before = payload["epochBefore"]?.integer,
            let after = payload["epochAfter"]?.integer, before <= after
        else { throw .entry(place, "its epochs go back") }
        end = End(header: header, epochBefore: before, epochAfter: after)
    }

    /// From the order on nothing of the stream is left out. Each generation counts from 1.
    private static func follow(
        _ header: EntryHeader, _ last: EntryHeader, _ place: Int
    ) throws(ErasureCertificateError) {
        let isNext =
            header.generation == last.generation
            ? header.subjectVersion == (last.subjectVersion ?? 0) + 1
                && header.subjectPrevious == last.index
            : header.subjectVersion == 1
        guard isNext else {
            throw .entry(place, "it does not follow the one before in its stream; one is missing")
        }
    }

    private static func header(
        _ entry: SubjectEvidence.Entry, _ place: Int
    ) throws(ErasureCertificateError) -> EntryHeader {
        let header: EntryHeader
        do throws(EntryHeaderError) {
            header = try EntryHeader(canonical: entry.header)
        } catch {
            throw .entry(place, error.message)
        }
        guard entry.payload.count <= LedgerLimits.maxPayloadBytes,
            PayloadCommitment.hash(entry.payload) == header.payloadHash
        else { throw .entry(place, "its payload is not the one its header commits to") }
        return header
    }
}
