/// Exit codes, as `--help` documents them.
enum ExitStatus: Int32 {
    case verified = 0
    case failed = 1
    case unusable = 2
    case partial = 3

    /// What to say of several results at once: broken evidence outranks what could not be read, and
    /// that what could not be checked.
    func combined(with other: ExitStatus) -> ExitStatus {
        [.failed, .unusable, .partial].first { $0 == self || $0 == other } ?? .verified
    }
}
