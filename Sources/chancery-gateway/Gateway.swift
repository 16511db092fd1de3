import AccessControl
import ArgumentParser
import ContactServices
import Hummingbird
import Logging
import NIOPosix
import ProcessBoundary
import PublicAPI
import ServiceLifecycle

/// The process with the network, and with neither keys nor database.
struct Gateway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Serves the HTTPS interface; asks chancery-ledger and chancery-keeper.")

    static let name = "chancery-gateway"

    @Option(help: "The data directory (default: CHANCERY_HOME, else var).")
    var home: String?
    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"
    @Option(help: "Port to listen on.")
    var port = 8443
    @Option(
        help:
            "Roots and intermediates of client certificates, PEM (default: pki/client-ca.pem, if it is there)."
    )
    var clientCa: String?
    @Option(
        help: "Their revocation lists, PEM, one for each of them (default: pki/client-crl.pem).")
    var clientCrl: String?
    @Flag(
        help:
            "Operators, and whoever relabels, need a token that is bound to a client certificate, and to show it."
    )
    var requireClientCertificates = false
    @Option(
        help: ArgumentHelp(
            "A proxy in front that passes TLS through: its connections must begin with a PROXY protocol preamble, version 2. May be given more than once.",
            valueName: "address-or-cidr"))
    var proxyProtocol: [AddressRange] = []
    @Option(help: "Requests a minute from one address (a /64 for IPv6).")
    var addressRate = RateLimits().address
    @Option(help: "Requests a minute of one principal.")
    var principalRate = RateLimits().principal
    @Option(help: "Searches a minute of one principal.")
    var searchRate = RateLimits().search
    @Option(
        help:
            "Requests a minute from one address whose token does not count; beyond it none is verified."
    )
    var failedAuthenticationRate = RateLimits().failedAuthentication
    @Option(help: "Connections of one address (a /64 for IPv6) at one time.")
    var connectionsPerAddress = GatewayLimits.connectionsPerAddress
    @Option(
        help: ArgumentHelp(
            "A vendor to be asked about every new contact; may be given more than once, the most trusted first.",
            valueName: "vendor"))
    var enrichWith: [String] = []
    @Option(help: "Issuer of the tokens that count.")
    var issuer = "chancery-development"

    func validate() throws {
        guard addressRate > 0, principalRate > 0, searchRate > 0, failedAuthenticationRate > 0
        else {
            throw ValidationError("A rate is one request a minute at least.")
        }
        guard connectionsPerAddress > 0 else {
            throw ValidationError("An address has one connection at least.")
        }
        _ = try EnrichmentOption.draft(asking: enrichWith)
    }

    func run() async throws {
        do {
            try await serve()
        } catch {
            Daemon.exit(Self.name, error)
        }
    }

    private func serve() async throws {
        Daemon.bootstrapLogging()
        DescriptorLimit.raise()
        let logger = Logger(label: "chancery-gateway")
        let home = HomeLayout.resolve(flag: home)
        try home.create()
        let pidFile = try PidFile.acquire(home.pidFile(Self.name))
        let tokens = try StartError.reading(home.issuerKeySet) {
            try TokenVerifier(
                jwksFile: home.issuerKeySet, deniedFile: home.deniedTokens, issuer: issuer)
        }
        let tls = try GatewayTLS(
            TLSFiles(
                home, clientAuthority: clientCa, clientRevocations: clientCrl,
                needsClientAuthority: requireClientCertificates),
            logger: logger)

        // One loop that everything short runs on, from the socket to the answer: changing threads was a third of this
        // process's time, and the other daemons need cores, too. Bulk streams are worked on beside it.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let ledger = LedgerClient(socketPath: home.ledgerGatewaySocket, group: group)
        let keeper = KeeperClient(socketPath: home.keeperGatewaySocket, group: group)
        let api = PublicAPI(
            ledger: LedgerFramePort(ledger), keeper: KeeperFramePort(keeper),
            authority: VerifiedTokens(verifier: tokens), edge: try edge(tls, tokens))
        let policies = Task { await api.policies.follow() }
        let enrichments = Task { await api.enrichments.follow() }
        let living = Task {
            await ServiceManager.current.keepAlive { try? await group.next().submit {}.get() }
        }
        let servers = GatewayServer(
            api: api, tls: tls, proxies: proxyProtocol,
            connectionsPerAddress: connectionsPerAddress, logger: logger,
            onListening: { _ in ServiceManager.current.ready("serving") }
        ).applications(host: host, port: port, group: group)
        let services = ServiceGroup(configuration: Self.lifecycle(servers, logger))
        try await withTaskExecutorPreference(EventLoopExecutor(group.next())) {
            try await services.run()
        }
        ServiceManager.current.stopping()
        for task in [policies, living] { task.cancel() }
        enrichments.cancel()
        // What is under way is finished: it would be, by the next one, in any case.
        await enrichments.value
        await api.finish()
        await ledger.shutdown()
        await keeper.shutdown()
        pidFile.release()
        logger.info("stopped")
    }

    private func edge(_ tls: GatewayTLS, _ tokens: TokenVerifier) throws -> EdgeRules {
        var rules = EdgeRules()
        rules.enrichment = try EnrichmentOption.draft(asking: enrichWith)
        rules.operatorsNeedCertificates = requireClientCertificates
        rules.certificates = { tls.condition }
        rules.credentials = { await tokens.problem() == nil ? .current : .outdated }
        rules.rateLimits.address = addressRate
        rules.rateLimits.principal = principalRate
        rules.rateLimits.search = searchRate
        rules.rateLimits.failedAuthentication = failedAuthenticationRate
        return rules
    }

    /// SIGTERM and SIGINT let requests in progress finish; what is still open after the grace period is cut.
    private static func lifecycle(
        _ servers: [any Service], _ logger: Logger
    ) -> ServiceGroupConfiguration {
        var configuration = ServiceGroupConfiguration(
            services: servers, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = GatewayLimits.shutdownGrace
        return configuration
    }
}

extension AddressRange: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}
