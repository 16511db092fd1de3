import ContactModel

/// What the policies say of lines, asked once for each purpose and kind of line: a bulk request lets nobody do what a request for
/// the one thing would not.
struct LinePurposes {
    private struct Question: Hashable {
        let purpose: PurposeCode
        let creates: Bool
        /// Id of the contact that the line names; empty: it names none, or one that this stream makes.
        let contact: String
    }

    struct Verdict {
        /// Ids of the policies that decided.
        let policies: [String]
        let refusal: ServiceError?
    }

    private let authorized: Authorized
    private var verdicts: [Question: Verdict] = [:]

    init(_ authorized: Authorized) {
        self.authorized = authorized
    }

    /// - Parameters:
    ///   - creates: whether the line makes a contact.
    ///   - contact: id of the one that it names, if it names one.
    mutating func verdict(
        for purpose: PurposeCode, creates: Bool, on contact: String = ""
    ) -> Verdict {
        let question = Question(purpose: purpose, creates: creates, contact: contact)
        if let known = verdicts[question] { return known }
        let verdict = judge(question)
        verdicts[question] = verdict
        return verdict
    }

    private func judge(_ question: Question) -> Verdict {
        do throws(ServiceError) {
            var policies = try authorized.request.judge(
                authorized.action, on: question.contact, for: question.purpose)
            if question.creates {
                policies += try authorized.request.judge(.createContact, for: question.purpose)
            }
            return Verdict(policies: policies, refusal: nil)
        } catch {
            return Verdict(policies: error.policies, refusal: error)
        }
    }
}
