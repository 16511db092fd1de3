import ContactModel

/// What the policies say of lines, asked once for each purpose and kind of line: a bulk request lets nobody do what a request for
/// the one thing would not.
struct LinePurposes {
    private struct Question: Hashable {
        let purpose: PurposeCode
        let creates: Bool
    }

    private let authorized: Authorized
    private var refusals: [Question: ServiceError?] = [:]

    init(_ authorized: Authorized) {
        self.authorized = authorized
    }

    /// - Parameter creates: whether the line makes a contact.
    mutating func refusal(for purpose: PurposeCode, creates: Bool) -> ServiceError? {
        let question = Question(purpose: purpose, creates: creates)
        if let known = refusals[question] { return known }
        var refusal: ServiceError?
        do throws(ServiceError) {
            try authorized.request.judge(authorized.action, for: purpose)
            if creates { try authorized.request.judge(.createContact, for: purpose) }
        } catch {
            refusal = error
        }
        refusals[question] = .some(refusal)
        return refusal
    }
}
