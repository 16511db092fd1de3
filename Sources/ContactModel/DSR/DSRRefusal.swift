/// Why a step of a request is none from where it stands.
public enum DSRRefusal: Error, Hashable, Sendable {
    case notFrom(DSRState)
    case extendedBefore
    /// The last day for it is given.
    case timeIsOver(CalendarDate)
    /// A deletion is completed by the erasure alone.
    case erasureCompletes
    /// None, too many, or one twice.
    case reasonsMissing
    case reasonDoesNotFit(DSRReason)

    /// For a person; names no one.
    public var message: String {
        switch self {
        case .notFrom(let state):
            "The request is \(state.rawValue), from where this step does not lead on; read it again."
        case .extendedBefore: "The time for the request was extended before; that is done once."
        case .timeIsOver(let due):
            "The time for the request was over on \(due.text); it is extended before, or not at all."
        case .erasureCompletes:
            "What completes a deletion is the erasure, a signed DELETE of the contact; complete it partially, or refuse it, with reasons."
        case .reasonsMissing:
            "Give 1 to \(DSRCase.mostReasons) different reasons."
        case .reasonDoesNotFit(let reason):
            "\(reason.rawValue) is no reason for this step of such a request."
        }
    }
}
