import ArgumentParser

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract:
            "Start what is missing: directories, certificates, token issuer, software TPM, the three daemons.",
        discussion: """
            On an appliance it starts chancery.target and waits until all of it is ready, or says what it waits for; port and issuer \
            stand in /etc/chancery/chancery.conf there.
            """)

    @OptionGroup var options: HomeOptions

    @Option(help: "HTTPS port on 127.0.0.1 (else CHANCERY_PORT, else 8443).")
    var port: Int?

    @OptionGroup var issuer: IssuerOptions

    func run() async throws {
        let home = try options.resolve()
        let console = Console()
        let lock = try HomeLock(home, console: console)
        defer { withExtendedLifetime(lock) {} }
        if let appliance = home.appliance {
            try refuseOptions(appliance)
            try appliance.requireProvisioned(home)
            try await Units(home: home, appliance: appliance, console: console).up()
            return console.say("ready: \(appliance.url)")
        }
        try await Stack(home: home, console: console).up(
            port: try Endpoint.requestedPort(port), issuer: try issuer.resolve())
        console.say(
            "ready: \(try Endpoint.base(flag: nil, home: home)) (CA: \(home.shown)/pki/ca.pem)")
    }

    private func refuseOptions(_ appliance: Appliance) throws(OperatorError) {
        guard port == nil, try issuer.resolve() == nil else {
            throw OperatorError(
                .badInput, "An appliance's port and issuer are not options of a start.",
                next: "Set PORT and ISSUER in \(appliance.places.configurationFile).")
        }
    }
}
