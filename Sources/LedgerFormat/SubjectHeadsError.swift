public enum SubjectHeadsError: LedgerFormatError, Equatable {
    case notSorted

    public var code: String { "subject-heads-not-sorted" }

    public var message: String {
        "Subject heads must ascend by tag bytes, then stream name, without repetition (FORMAT 5.2). "
            + "Sort them before building the tree."
    }
}
