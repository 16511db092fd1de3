/// What `chancery doctor` says of one thing.
struct Finding: Encodable, Equatable, Sendable {
    enum Severity: String, Encodable, Sendable, CaseIterable {
        case ok
        /// Nothing is lost yet.
        case warning
        case error
        /// It could not be seen; nobody knows.
        case notChecked = "not-checked"
        /// This machine has no such thing, and needs none.
        case noneHere = "none-here"
    }

    /// `CHECK.THING`; names stay.
    let name: String
    let severity: Severity
    let found: String
    /// What to do, where something is to be done.
    let advice: String?

    static func ok(_ name: String, _ found: String) -> Self {
        Self(name: name, severity: .ok, found: found, advice: nil)
    }

    static func warning(_ name: String, _ found: String, do advice: String) -> Self {
        Self(name: name, severity: .warning, found: found, advice: advice)
    }

    static func error(_ name: String, _ found: String, do advice: String) -> Self {
        Self(name: name, severity: .error, found: found, advice: advice)
    }

    static func notChecked(_ name: String, _ reason: String) -> Self {
        Self(name: name, severity: .notChecked, found: reason, advice: nil)
    }

    static func noneHere(_ name: String, _ found: String) -> Self {
        Self(name: name, severity: .noneHere, found: found, advice: nil)
    }
}
