import ArgumentParser

/// `--home`, shared by all commands.
struct HomeOptions: ParsableArguments {
    @Option(help: "Data directory (else CHANCERY_HOME, else the appliance's, else var).")
    var home: String?

    func resolve() throws(OperatorError) -> Home { try Home(flag: home) }

    /// - Throws: `notInitialised` if `chancery up`, or on an appliance `chancery provision`, never ran here.
    func existing() throws(OperatorError) -> Home {
        let home = try resolve()
        if let appliance = home.appliance {
            try appliance.requireProvisioned(home)
            return home
        }
        guard Files.exists(home.issuerKey) else {
            throw OperatorError(
                .notInitialised, "\(home.shown) is not a data directory yet.",
                next: "Run `chancery up` first, or name another one with --home.")
        }
        return home
    }
}
