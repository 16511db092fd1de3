/// What a policy set says of a request, and why.
public struct Decision: Equatable, Sendable {
    public enum Outcome: String, Sendable { case allow, deny }

    public struct Skipped: Equatable, Sendable {
        public let policy: String
        public let error: PolicyEvaluationError
    }

    public let outcome: Outcome
    /// Ids of the policies that decided, in the order of the text: the satisfied `forbid` ones of a denial, else the satisfied
    /// `permit` ones. None: denied, since nothing permits it.
    public let reasons: [String]
    /// Policies that could not be evaluated, in the order of the text.
    public let errors: [Skipped]
}
