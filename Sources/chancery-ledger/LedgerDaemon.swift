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
            try TokenVerifier(jwksFile: layout.issuerKeySet, issuer: issuer))
        let group = MultiThreadedEventLoopGroup.singleton
        let keeper = KeeperPort(
            KeeperClient(socketPath: layout.keeperLedgerSocket, group: group))
        let state = ServiceState()
        let service = LedgerService(gate: gate, state: state)
        let server = try await FrameServer<WireLedgerRequest, WireLedgerResponse>.start(
            socketPath: layout.ledgerGatewaySocket, group: group, logger: logger
        ) { await service.answer($0) }

        let opening = Task { try await open(keeper, state) }
        // The one waiter for signals, from start to end.
        let signal = Task { [signals] in
            await signals.wait()
            opening.cancel()
        }
        let ledger: Ledger?
        do {
            ledger = try await opening.value
        } catch is CancellationError {
            ledger = nil
        }
        if let ledger {
            logger.info("serving", metadata: ["size": "\(ledger.signedSize)"])
            await signal.value
        }
        logger.info("stopping")
        state.stop()
        await server.close()
        await ledger?.close(sealing: true)
        await keeper.shutdown()
        logger.info("stopped")
    }

    /// Tries until the keeper answers. What another try cannot mend ends the process.
    private func open(_ keeper: KeeperPort, _ state: ServiceState) async throws -> Ledger {
        var isFirst = true
        while true {
            try Task.checkCancellation()
            do {
                let ledger = try await Ledger.open(
                    layout.ledgerConfiguration(logger), signer: keeper, reindexer: keeper)
                // Public: the one file here that others may read.
                try SystemFile.replace(
                    ledger.trust.encoded(), at: layout.trustFile, mode: 0o644)
                state.open(ledger)
                return ledger
            } catch let error as LedgerStoreError where error.code == .unavailable {
                state.wait(error.message)
                if isFirst { logger.notice("not ready: \(error.message)") }
                isFirst = false
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }
}

extension HomeLayout {
    func ledgerConfiguration(_ logger: Logger) -> LedgerConfiguration {
        LedgerConfiguration(
            directory: ledgerDirectory, viewsDirectory: viewsDirectory, logger: logger)
    }
}
