import AsyncHTTPClient
import NIOCore
import NIOPosix
import ProcessBoundary

/// Asks the daemons how they are: keeper and ledger over their sockets, the gateway over HTTPS.
struct Health: Sendable {
    let home: Home
    let base: String

    enum Answer<Figures: Sendable>: Sendable {
        case ready(Figures)
        case waiting(String, Figures?)
        case silent

        var isReady: Bool { if case .ready = self { true } else { false } }

        var problem: String? {
            switch self {
            case .ready: nil
            case .waiting(let reason, _): reason.isEmpty ? "not ready yet" : reason
            case .silent: "does not answer"
            }
        }

        var figures: Figures? {
            switch self {
            case .ready(let figures): figures
            case .waiting(_, let figures): figures
            case .silent: nil
            }
        }
    }

    private static let patience = Duration.seconds(3)

    func keeper() async -> Answer<WireKeeperHealth> {
        guard Files.exists(home.layout.keeperGatewaySocket) else { return .silent }
        let client = KeeperClient(
            socketPath: home.layout.keeperGatewaySocket,
            group: MultiThreadedEventLoopGroup.singleton)
        var request = WireKeeperRequest()
        request.health = WireEmpty()
        let response = try? await client.call(request, timeout: Self.patience)
        await client.shutdown()
        switch response?.result {
        case .health(let health):
            return health.ready ? .ready(health) : .waiting(health.problem, health)
        case .fault(let fault): return .waiting(fault.message, nil)
        default: return .silent
        }
    }

    func ledger() async -> Answer<WireLedgerHealth> {
        guard Files.exists(home.layout.ledgerGatewaySocket) else { return .silent }
        let client = LedgerClient(
            socketPath: home.layout.ledgerGatewaySocket,
            group: MultiThreadedEventLoopGroup.singleton)
        var request = WireLedgerRequest()
        request.health = WireEmpty()
        let response = try? await client.call(request, timeout: Self.patience)
        await client.shutdown()
        switch response?.result {
        case .health(let health):
            return health.ready ? .ready(health) : .waiting(health.problem, health)
        case .fault(let fault): return .waiting(fault.message, nil)
        default: return .silent
        }
    }

    /// /readyz: 200 when the gateway and both its peers can take writes.
    ///
    /// Its figures are what it says beside being ready: its certificates may be outdated.
    func gateway() async -> Answer<String?> {
        guard let client = try? GatewayClient(home: home, base: base) else { return .silent }
        let reply = try? await client.send(.GET, "/readyz", timeout: .seconds(3))
        await client.shutdown()
        guard let reply else { return .silent }
        return reply.status == 200
            ? .ready(Problem.detail(of: reply)) : .waiting(Problem.text(of: reply), nil)
    }

    /// What a start waits for.
    struct State: Sendable {
        let isReady: Bool
        let problem: String?
        /// It waits for a person, so a start need not.
        var needsPolicy = false
    }

    func of(_ daemon: DaemonKind) async -> State {
        switch daemon {
        case .keeper:
            let answer = await keeper()
            return State(
                isReady: answer.isReady, problem: answer.problem,
                needsPolicy: answer.figures?.needsPolicy == true)
        case .ledger:
            let answer = await ledger()
            return State(isReady: answer.isReady, problem: answer.problem)
        case .gateway:
            let answer = await gateway()
            return State(isReady: answer.isReady, problem: answer.problem)
        }
    }
}
