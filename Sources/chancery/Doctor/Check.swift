/// One subject that `chancery doctor` looks at. Facts are gathered once; what they mean depends on them alone, so that a test plants
/// what it likes.
protocol Check: Sendable {
    /// First part of the names of its findings.
    static var name: String { get }
    /// What is looked at, in a line.
    static var abstract: String { get }
    /// Second parts of those names.
    static var things: [String] { get }

    static func gather(_ patient: Patient) async -> Self
    var findings: [Finding] { get }
}

extension Check {
    /// `thing` under this check's name.
    static func named(_ thing: String) -> String { name + "." + thing }
}

/// A fact, or why it is not known.
enum Sight<Fact: Sendable>: Sendable {
    case seen(Fact)
    case missing
    case hidden(String)

    var fact: Fact? { if case .seen(let fact) = self { fact } else { nil } }

    var isMissing: Bool { if case .missing = self { true } else { false } }
}

extension Sight: Equatable where Fact: Equatable {}
