import AccessControl
import LedgerStore
import Logging
import NIOPosix
import ProcessBoundary

/// One run: serve health at once, wait for the keeper, open the ledger, serve, and on a signal stop in order.
struct LedgerDaemon {
    static let name = "chancery-ledger"

    let layout: HomeLayout
    let issuer: String
    let signals: TerminationSignals
    private let logger = Logger(label: "chancery.ledger")

    init(layout: HomeLayout, issuer: String, signals: TerminationSignals) {
        self.layout = layout
        self.issuer = issuer
        self.signals = signals
    }

    func run() async throws {
        let gate = AccessGate(
            try TokenVerifier(
                jwksFile: layout.issuerKeySet, deniedFile: layout.deniedTokens, issuer: issuer))
        let group = MultiThreadedEventLoopGroup.singleton
        // A loop of its own: everybody waits for the keeper's signature, which must not stand behind everybody's requests.
        let keeperGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let keeper = KeeperPort(
            KeeperClient(socketPath: layout.keeperLedgerSocket, group: keeperGroup))
        let state = ServiceState()
        let service = LedgerService(gate: gate, state: state, keeper: keeper)
        let server = try await FrameServer<WireLedgerRequest, WireLedgerResponse>.start(
            socketPath: layout.ledgerGatewaySocket,
            inherited: InheritedSockets.current.descriptor(at: layout.ledgerGatewaySocket),
            group: group, limits: Self.frameLimits, logger: logger
        ) { await service.answer($0) }
        let living = Task {
            await ServiceManager.current.keepAlive {
                await server.turn()
                _ = await service.answer(Self.healthRequest)
            }
        }
        defer { living.cancel() }

        let signing = EventLoopExecutor(keeperGroup.next())
        let serving = Task { try await serve(keeper, gate, state, signing) }
        // The one waiter for signals, from start to end.
        let signal = Task { [signals] in
            await signals.wait()
            serving.cancel()
        }
        let ledger = try await serving.value
        signal.cancel()
        logger.info("stopping")
        state.stop()
        await server.close()
        await ledger?.close(sealing: true)
        await keeper.shutdown()
        logger.info("stopped")
    }

    /// The gateway is one connection. What it may have in flight must reach the ledger's own bound, which answers
    /// with a time to come back, before the socket stands still.
    private static var frameLimits: FrameLimits {
        var limits = FrameLimits.standard
        limits.maxInFlightPerConnection = 2 * StoreLimits().queuedAppends
        return limits
    }

    private static var healthRequest: WireLedgerRequest {
        var request = WireLedgerRequest()
        request.health = WireEmpty()
        return request
    }

    /// Until the task is cancelled. A ledger that has to make its projections anew is closed and opened again.
    ///
    /// - Returns: the ledger that is open then.
    private func serve(
        _ keeper: KeeperPort, _ gate: AccessGate, _ state: ServiceState,
        _ signing: any TaskExecutor
    ) async throws -> Ledger? {
        while true {
            let ledger: Ledger
            do {
                ledger = try await open(keeper, gate, state, signing)
            } catch is CancellationError {
                return nil
            }
            logger.info("serving", metadata: ["size": "\(ledger.signedSize)"])
            await ledger.untilReopeningNeeded()
            if Task.isCancelled { return ledger }
            state.reopen()
            await ledger.close(sealing: false)
        }
    }

    /// Tries until the keeper answers. What another try cannot mend ends the process.
    private func open(
        _ keeper: KeeperPort, _ gate: AccessGate, _ state: ServiceState,
        _ signing: any TaskExecutor
    ) async throws -> Ledger {
        var configuration = layout.ledgerConfiguration(logger)
        configuration.signingExecutor = signing
        // Public: the one file here that others may read.
        configuration.announceTrust = { [layout] trust in
            try SystemFile.replace(trust.encoded(), at: layout.trustFile, mode: 0o644)
        }
        var isFirst = true
        while true {
            try Task.checkCancellation()
            switch await attempt(configuration, keeper) {
            case .success(let ledger):
                ledger.keepAnchored(by: keeper)
                await gate.untilSignaturesCount()
                state.open(ledger)
                return ledger
            case .failure(let error):
                guard error.code == .unavailable else { throw error }
                state.wait(error.message)
                if isFirst { logger.notice("not ready: \(error.message)") }
                isFirst = false
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    private func attempt(
        _ configuration: LedgerConfiguration, _ keeper: KeeperPort
    ) async -> Result<Ledger, LedgerStoreError> {
        do throws(LedgerStoreError) {
            return .success(
                try await Ledger.open(
                    configuration, signer: keeper, reindexer: keeper, forgetter: keeper))
        } catch {
            return .failure(error)
        }
    }
}

extension HomeLayout {
    func ledgerConfiguration(_ logger: Logger) -> LedgerConfiguration {
        LedgerConfiguration(
            directory: ledgerDirectory, viewsDirectory: viewsDirectory, logger: logger)
    }
}
