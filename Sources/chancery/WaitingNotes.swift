/// What the operator sees while something is waited for: one line, redrawn, on a terminal; in a log what is new, and now and then that
/// nothing is.
struct WaitingNotes {
    private let console: Console
    private let name: String
    private let begin = ContinuousClock.now
    private var lastNote: ContinuousClock.Instant
    private var lastProblem = ""

    private static let whenNew = Duration.seconds(3)
    private static let whenOld = Duration.seconds(30)

    init(_ console: Console, for name: String) {
        self.console = console
        self.name = name
        lastNote = begin
    }

    var waited: Duration { ContinuousClock.now - begin }

    mutating func tell(_ problem: String) {
        console.redraw("\(name): \(problem), \(waited.components.seconds) s")
        let now = ContinuousClock.now
        let patience = problem == lastProblem ? Self.whenOld : Self.whenNew
        guard !console.isTerminal, now - lastNote > patience else { return }
        (lastNote, lastProblem) = (now, problem)
        console.note("waiting for \(name): \(problem)")
    }
}
