public import ContactModel
import Foundation
import ProcessBoundary

/// Appends the audit entry of a request that changed nothing: a read before it is answered, and every refusal.
public struct Auditor: Sendable {
    private let ledger: any LedgerPort

    public init(ledger: any LedgerPort) {
        self.ledger = ledger
    }

    /// Makes a refusal durable before it is told.
    ///
    /// - Parameter policies: that permitted it, before something else refused it.
    /// - Returns: the refusal, marked as audited; or `ledger-unavailable` when it could not be recorded, because
    ///   what cannot be recorded is not answered either. A refusal that is an unavailability itself stays what it is: it
    ///   discloses nothing, and `outcome-unknown` says more than that the ledger is away.
    public func refusal(
        _ error: ServiceError, of request: Authenticated, action: Action,
        purposes: [PurposeCode] = [], policies: [String] = []
    ) async -> ServiceError {
        if error.isAudited { return error }
        do throws(ServiceError) {
            try await record(
                request, action: action, purposes: purposes, outcome: AuditOutcome(error.code),
                reason: error.code.rawValue,
                policies: error.policies.isEmpty ? policies : error.policies,
                subject: error.subject)
            return error.audited()
        } catch let failure {
            return error.code.kind == .unavailable ? error : failure
        }
    }

    /// One audit entry, durable and signed when this returns.
    ///
    /// - Parameter subject: the 16-byte tag of the contact concerned, or empty.
    func record(
        _ request: Authenticated, action: Action, purposes: [PurposeCode], outcome: AuditOutcome,
        reason: String = "", policies: [String], subject: Data = Data()
    ) async throws(ServiceError) {
        let draft = Self.draft(
            request, action: action, purposes: purposes, outcome: outcome, reason: reason,
            subject: subject)
        try await record(draft, of: request, policies)
    }

    private func record(
        _ draft: WireAuditDraft, of request: Authenticated, _ policies: [String]
    ) async throws(ServiceError) {
        var append = WireAppendRequest()
        append.credential = request.credential
        append.context = request.auditContext(policies)
        append.audit = draft
        // An audit entry too many does no harm, so a lost reply is plain unavailability here.
        _ = try await ledger.ask(.append(append)) { result -> WireAppendResponse? in
            if case .append(let response) = result { response } else { nil }
        }
    }

    /// A read is allowed: disclose only after this returned.
    func disclosure(_ authorized: Authorized, subject: Data = Data()) async throws(ServiceError) {
        try await record(
            authorized.request, action: authorized.action, purposes: authorized.purposes,
            outcome: .allowed, policies: authorized.policies, subject: subject)
    }

    /// The same of what is disclosed of many contacts: one entry names them all, so that whoever looks for one finds it.
    ///
    /// - Parameter subjects: tags; none: it says that there was nothing.
    func disclosure(
        _ authorized: Authorized, of subjects: Set<Data>
    ) async throws(ServiceError) {
        guard subjects.count > 1 else {
            return try await disclosure(authorized, subject: subjects.first ?? Data())
        }
        let request = authorized.request
        var draft = Self.draft(
            request, action: authorized.action, purposes: authorized.purposes, outcome: .allowed,
            reason: "", subject: Data())
        draft.subjects = subjects.sorted { $0.lexicographicallyPrecedes($1) }
        try await record(draft, of: request, authorized.policies)
    }

    static func draft(
        _ request: Authenticated, action: Action, purposes: [PurposeCode], outcome: AuditOutcome,
        reason: String, subject: Data
    ) -> WireAuditDraft {
        var draft = WireAuditDraft()
        draft.category = action.category.rawValue
        draft.action = action.rawValue
        draft.resourceType = action.resourceType
        draft.subject = subject
        draft.outcome = outcome.rawValue
        draft.reason = reason
        draft.purpose =
            purposes.count < 2
            ? purposes.first?.text ?? ""
            : Set(purposes.map(\.text)).sorted().joined(separator: ",")
        draft.requestID = request.requestID.text
        return draft
    }
}

extension AuditOutcome {
    /// How a refusal by this code is filed.
    init(_ code: ServiceError.Code) {
        switch code.kind {
        case .unauthenticated, .forbidden: self = .denied
        case .unavailable, .internal: self = .failed
        default: self = .refused
        }
    }
}
