public import Foundation

/// What an entry of stream `dsr` says of a request, or of what follows from one, but for the erasure itself.
public enum DSREvent: Sendable, Equatable {
    case received(DSRReceived)
    case identityVerified(DSRIdentityVerified)
    case started(DSRStarted)
    case extended(DSRExtended)
    case completed(DSRCompleted)
    case cancelled(DSRCancelled)
    case restricted(ProcessingRestricted)
    case restrictionLifted(ProcessingRestrictionLifted)
    case objected(ObjectionRecorded)
    case noticeQueued(RecipientNoticeQueued)
    case notified(RecipientNotified)

    /// Every type that there is.
    public static let types = [
        DSRReceived.type, DSRIdentityVerified.type, DSRStarted.type, DSRExtended.type,
        DSRCompleted.type, DSRCancelled.type, ProcessingRestricted.type,
        ProcessingRestrictionLifted.type, ObjectionRecorded.type,
        RecipientNoticeQueued.type, RecipientNotified.type,
    ]

    /// Nil: another type.
    ///
    /// - Throws: ``PayloadError``
    public init?(type: String, payload: Data) throws(PayloadError) {
        switch type {
        case DSRReceived.type:
            self = .received(try EventCoding.decode(DSRReceived.self, from: payload))
        case DSRIdentityVerified.type:
            self = .identityVerified(
                try EventCoding.decode(DSRIdentityVerified.self, from: payload))
        case DSRStarted.type:
            self = .started(try EventCoding.decode(DSRStarted.self, from: payload))
        case DSRExtended.type:
            self = .extended(try EventCoding.decode(DSRExtended.self, from: payload))
        case DSRCompleted.type:
            self = .completed(try EventCoding.decode(DSRCompleted.self, from: payload))
        case DSRCancelled.type:
            self = .cancelled(try EventCoding.decode(DSRCancelled.self, from: payload))
        case ProcessingRestricted.type:
            self = .restricted(try EventCoding.decode(ProcessingRestricted.self, from: payload))
        case ProcessingRestrictionLifted.type:
            self = .restrictionLifted(
                try EventCoding.decode(ProcessingRestrictionLifted.self, from: payload))
        case ObjectionRecorded.type:
            self = .objected(try EventCoding.decode(ObjectionRecorded.self, from: payload))
        case RecipientNoticeQueued.type:
            self = .noticeQueued(try EventCoding.decode(RecipientNoticeQueued.self, from: payload))
        case RecipientNotified.type:
            self = .notified(try EventCoding.decode(RecipientNotified.self, from: payload))
        default: return nil
        }
    }

    public var requestID: String {
        switch self {
        case .received(let event): event.requestId
        case .identityVerified(let event): event.requestId
        case .started(let event): event.requestId
        case .extended(let event): event.requestId
        case .completed(let event): event.requestId
        case .cancelled(let event): event.requestId
        case .restricted(let event): event.requestId
        case .restrictionLifted(let event): event.requestId
        case .objected(let event): event.requestId
        case .noticeQueued(let event): event.requestId
        case .notified(let event): event.requestId
        }
    }

    /// Nil for the request's beginning, and for what follows from an answer.
    public var step: DSRStep? {
        switch self {
        case .received, .restricted, .restrictionLifted, .objected, .noticeQueued, .notified:
            nil
        case .identityVerified: .verifyIdentity
        case .started: .start
        case .extended(let event): .extend(event.reason)
        case .cancelled(let event): .cancel(event.reason)
        case .completed(let event):
            switch event.outcome {
            case .completed: .complete
            case .partiallyCompleted: .completePartially(event.reasons)
            case .refused: .refuse(event.reasons)
            }
        }
    }
}
