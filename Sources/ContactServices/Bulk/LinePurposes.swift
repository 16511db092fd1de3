import ContactModel

/// What the policies say of the purposes that lines name, asked once for each.
struct LinePurposes {
    private let authorized: Authorized
    private var refusals: [PurposeCode: ServiceError?] = [:]

    init(_ authorized: Authorized) {
        self.authorized = authorized
        // Judged when the request came in.
        for purpose in authorized.purposes { refusals[purpose] = .some(nil) }
    }

    mutating func refusal(for purpose: PurposeCode) -> ServiceError? {
        if let known = refusals[purpose] { return known }
        var refusal: ServiceError?
        do throws(ServiceError) {
            try authorized.request.judge(authorized.action, for: purpose)
        } catch {
            refusal = error
        }
        refusals[purpose] = .some(refusal)
        return refusal
    }
}
