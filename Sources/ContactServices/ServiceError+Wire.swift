import ProcessBoundary

extension ServiceError {
    /// Which daemon a fault or a transport failure came from.
    enum Peer {
        case ledger, keeper
    }

    /// A daemon's refusal in the terms of the API. The daemon's own words stay out: they may name internals.
    init(_ fault: WireFault, from peer: Peer) {
        let seconds = max(1, Int(fault.retryAfterMilliseconds) / 1_000)
        switch fault.code {
        case .unauthenticated:
            self.init(
                .unauthenticated,
                "The token is expired or not valid; get a new one and send the request again.")
        case .forbidden:
            self.init(
                .forbidden,
                "No role of this token permits the request, its clearance does not reach the label, or it is bound to no client certificate where that is needed."
            )
        case .notFound:
            self.init(.notFound, "There is nothing here by that name.")
        case .conflict, .stale:
            self.init(
                .conflict, "Something changed in between; read the current state and try again.")
        case .restricted: self = .processingRestricted
        case .legalHold:
            self.init(
                .legalHold,
                "A legal hold keeps the contact from being erased; release it, or wait until its time is over."
            )
        case .signature:
            // Written for whoever signed, and holds nothing that was sent.
            self.init(.signatureNotAccepted, "Refused: \(fault.message).")
        case .idempotencyMismatch:
            self.init(
                .idempotencyMismatch,
                "This idempotency key was used for a different request; use a new key for a new request."
            )
        case .overloaded:
            self.init(.overloaded, "Too much is waiting; try again shortly.", retryAfter: seconds)
        case .unavailable:
            self = .unavailable(peer, retryAfter: seconds)
        case .unreadable:
            self.init(
                .unreadable,
                "A stored value cannot be decrypted; tell the operator, naming the request id.")
        case .invalid, .internal, .equivocation, .unspecified, .UNRECOGNIZED:
            self.init(
                .internalError,
                "Something of ours went wrong; tell the operator, naming the request id.")
        }
    }

    static func unavailable(_ peer: Peer, retryAfter: Int = 1) -> ServiceError {
        switch peer {
        case .ledger:
            ServiceError(
                .ledgerUnavailable,
                "The ledger cannot take the request now, and nothing is done that it cannot record; try again.",
                retryAfter: retryAfter)
        case .keeper:
            ServiceError(
                .keeperUnavailable, "The keeper of the keys is away; try again.",
                retryAfter: retryAfter)
        }
    }

    /// For calls whose repetition does no harm.
    init(_ error: PortError, from peer: Peer) {
        switch error {
        case .overloaded:
            self.init(.overloaded, "Too much is waiting; try again shortly.", retryAfter: 1)
        case .unavailable, .noReply: self = .unavailable(peer)
        case .malformed: self = .unexpectedReply(peer)
        case .tooLarge:
            self.init(.tooLarge, "The request is too large to be passed on; send less at a time.")
        }
    }

    /// It was sent and its reply never came.
    static let outcomeUnknown = ServiceError(
        .outcomeUnknown,
        "The ledger did not answer in time: the request may or may not have been recorded. Send it again with the "
            + "same idempotency key to learn the outcome without doing it twice; an erasure needs none.",
        retryAfter: 2)

    /// A peer's reply does not match what was asked.
    static func unexpectedReply(_ peer: Peer) -> ServiceError {
        ServiceError(
            .internalError,
            "A part of the system answered out of turn; tell the operator, naming the request id.")
    }
}
