import ContactModel
import Foundation
import ProcessBoundary

/// An entry about a request that is to be: complete, or waiting for its sealed value.
enum RequestEntry {
    case ready(WireEntryDraft)
    case received(DSRReceived, hasWords: Bool)
    case verified(DSRIdentityVerified, hasEvidence: Bool)

    /// - Parameter sealed: taken when the entry has a value.
    func draft(
        _ label: SecurityLabel, _ sealed: () throws(ServiceError) -> EncryptedValue
    ) throws(ServiceError) -> WireEntryDraft {
        switch self {
        case .ready(let draft): return draft
        case .received(var event, let hasWords):
            if hasWords { event.words = try sealed() }
            return WireEntryDraft(event, label)
        case .verified(var event, let hasEvidence):
            if hasEvidence { event.evidenceRef = try sealed() }
            return WireEntryDraft(event, label)
        }
    }
}

extension RequestAnswer {
    /// What the answer does to the contact, and the answer; a correction's values come before both.
    func entries(_ label: SecurityLabel) -> [RequestEntry] {
        func ready(_ event: some LedgerEvent) -> RequestEntry {
            .ready(WireEntryDraft(event, label))
        }
        let (request, salt) = (id.text, Salt.random())
        func answered(_ outcome: DSROutcome, _ reasons: [DSRReason]) -> RequestEntry {
            ready(
                DSRCompleted(outcome: outcome, reasons: reasons, requestId: request, salt: salt))
        }
        switch work {
        case .verifyIdentity(let method, let evidence):
            return [
                .verified(
                    DSRIdentityVerified(method: method, requestId: request, salt: salt),
                    hasEvidence: evidence != nil)
            ]
        case .start: return [ready(DSRStarted(requestId: request, salt: salt))]
        case .extend(let reason):
            return [ready(DSRExtended(reason: reason, requestId: request, salt: salt))]
        case .refuse(let reasons): return [answered(.refused, reasons)]
        case .cancel(let reason):
            return [ready(DSRCancelled(reason: reason, requestId: request, salt: salt))]
        case .lift:
            return [ready(ProcessingRestrictionLifted(requestId: request, salt: salt))]
        case .complete(let reasons, _):
            let answer = answered(
                reasons.isEmpty ? .completed : .partiallyCompleted, reasons)
            let notices = recipients.map { recipient in
                ready(
                    RecipientNoticeQueued(
                        recipient: recipient, requestId: request, salt: Salt.random()))
            }
            switch kind.effect {
            case .restriction where reasons.isEmpty:
                let restriction = ready(
                    ProcessingRestricted(requestId: request, salt: Salt.random()))
                return [restriction] + notices + [answer]
            case .correction: return notices + [answer]
            case .objection where reasons.isEmpty:
                return [
                    ready(
                        ObjectionRecorded(
                            objectedAt: receivedAt.text, purposeCodes: purposeCodes,
                            requestId: request, salt: Salt.random())), answer,
                ]
            case .disclosure, .erasure, .restriction, .objection: return [answer]
            }
        }
    }

    var corrections: [AttributeDraft] {
        if case .complete(_, let corrections) = work { corrections } else { [] }
    }
}
