/// What a person asks of whoever holds data about them: a right of the GDPR (chapter III) or of the CCPA
/// (Cal. Civ. Code § 1798.100 and following).
public enum DSRKind: String, Sendable, CaseIterable {
    case access = "GDPR_ART15_ACCESS"
    case rectify = "GDPR_ART16_RECTIFY"
    case delete = "GDPR_ART17_DELETE"
    case restrict = "GDPR_ART18_RESTRICT"
    case portability = "GDPR_ART20_PORTABILITY"
    case object = "GDPR_ART21_OBJECT"
    /// To decisions that nobody but a machine makes: here, which of several values of an attribute counts.
    case objectToAutomatedMerging = "GDPR_ART22_OBJECT_MERGING"
    /// § 1798.110
    case know = "CCPA_KNOW"
    /// § 1798.105
    case ccpaDelete = "CCPA_DELETE"
    /// § 1798.106
    case correct = "CCPA_CORRECT"
    /// § 1798.120
    case optOut = "CCPA_OPT_OUT"
    /// § 1798.121
    case limitUse = "CCPA_LIMIT_USE"

    public enum Law: Sendable {
        case gdpr, ccpa
    }

    public var law: Law {
        switch self {
        case .access, .rectify, .delete, .restrict, .portability, .object,
            .objectToAutomatedMerging:
            .gdpr
        case .know, .ccpaDelete, .correct, .optOut, .limitUse: .ccpa
        }
    }

    /// What an answer to it does.
    public enum Effect: Sendable, CaseIterable {
        /// Data is disclosed to whom it is about.
        case disclosure
        case correction
        /// An erasure, which completes the request by itself.
        case erasure
        case restriction
        /// Purposes, or automated merging, stop.
        case objection
    }

    public var effect: Effect {
        switch self {
        case .access, .portability, .know: .disclosure
        case .rectify, .correct: .correction
        case .delete, .ccpaDelete: .erasure
        case .restrict: .restriction
        case .object, .objectToAutomatedMerging, .optOut, .limitUse: .objection
        }
    }

    /// Whether it names the purposes that it is about.
    public var namesPurposes: Bool { effect == .objection && self != .objectToAutomatedMerging }
}
