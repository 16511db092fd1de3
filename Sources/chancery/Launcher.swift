/// Runs verbs of the keeper and the ledger: as a child in development; on an appliance as that daemon's user and in its
/// SELinux domain. Nothing else knows the difference.
struct Launcher {
    let home: Home
    let binaries: Binaries

    init(_ home: Home) throws(OperatorError) {
        self.home = home
        binaries = try Binaries()
    }

    /// - Returns: the program's exit status, or 128 + signal.
    /// - Throws: `interrupted` if we were told to stop meanwhile; the program has ended then.
    func run(_ run: DaemonRun) throws(OperatorError) -> Int32 {
        let program = try binaries.sibling(run.daemon.rawValue)
        guard let appliance = home.appliance else {
            return try Foreground.run(program, run.arguments.map(\.text))
        }
        return try UnitRun(appliance: appliance, home: home, program: program, run: run).perform()
    }

    /// - Throws: `processExited` if it does not end with status 0.
    func require(_ run: DaemonRun) throws(OperatorError) {
        try Foreground.require(
            try self.run(run), of: run.daemon.rawValue, run.arguments.first?.text ?? "")
    }
}
