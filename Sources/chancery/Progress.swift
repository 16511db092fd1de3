/// A bar on a terminal, a line each ten per cent elsewhere.
struct Progress {
    private let console: Console
    private let label: String
    private let total: Int
    private let start = ContinuousClock.now
    private var lastDrawn: ContinuousClock.Instant?
    private var lastTenth = 0

    init(_ label: String, total: Int, console: Console) {
        self.label = label
        self.total = total
        self.console = console
    }

    mutating func update(_ done: Int) {
        let now = ContinuousClock.now
        if console.isTerminal {
            if let lastDrawn, now - lastDrawn < .milliseconds(100), done < total { return }
            lastDrawn = now
            console.redraw(line(done, at: now))
            return
        }
        let tenth = total > 0 ? done * 10 / total : 10
        guard tenth > lastTenth else { return }
        lastTenth = tenth
        console.note(line(done, at: now))
    }

    func finish(_ done: Int) {
        guard console.isTerminal else { return }
        console.note(line(done, at: .now))
    }

    private func line(_ done: Int, at now: ContinuousClock.Instant) -> String {
        let seconds = (now - start) / .seconds(1)
        let rate = seconds > 0 ? Int(Double(done) / seconds) : 0
        let width = 30
        let filled = total > 0 ? min(width, done * width / total) : width
        let bar =
            String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
        let prefix = console.isTerminal ? "\(label) \(bar) " : "\(label): "
        return prefix
            + "\(Figures.grouped(done)) of \(Figures.grouped(total)), \(Figures.grouped(rate))/s"
    }
}
