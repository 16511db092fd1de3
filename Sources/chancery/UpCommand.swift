import ArgumentParser

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract:
            "Start what is missing: directories, certificates, token issuer, software TPM, the three daemons."
    )

    @OptionGroup var options: HomeOptions

    @Option(help: "HTTPS port on 127.0.0.1 (else CHANCERY_PORT, else 8443).")
    var port: Int?

    @OptionGroup var issuer: IssuerOptions

    func run() async throws {
        let home = try options.resolve()
        let console = Console()
        let lock = try HomeLock(home, console: console)
        defer { withExtendedLifetime(lock) {} }
        try await Stack(home: home, console: console).up(
            port: try Endpoint.requestedPort(port), issuer: try issuer.resolve())
        console.say(
            "ready: \(try Endpoint.base(flag: nil, home: home)) (CA: \(home.shown)/pki/ca.pem)")
    }
}
