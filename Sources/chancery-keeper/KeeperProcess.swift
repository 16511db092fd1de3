import AccessControl
import Glibc
import KeyCustody
import NIOPosix
import ProcessBoundary

/// The life of the process once it is hardened: listen, open the keys, serve until told to stop.
///
/// It listens before the keys are open, so that health can tell what it is waiting for; every other
/// request is `UNAVAILABLE` until then.
struct KeeperProcess: Sendable {
    static let name = "chancery-keeper"

    let home: HomeLayout
    let tpm: TPMDevice
    let logName: String
    let issuer: String
    /// Serves the recovery of a directory that is not the newest, and nothing else.
    let isRecovering: Bool

    /// How long the start waits for a TPM that is not there yet: daemons start in any order.
    static let tpmPatience = Duration.seconds(60)
    /// What a copy of the directory can fall behind unseen, where no ledger asks for more; a TPM's memory wears out by writing.
    static let anchorInterval = Duration.seconds(300)
    /// After so long another copy, or a TPM that went away, is noticed.
    static let anchorLook = Duration.seconds(2)
    /// After an erasure its predecessor's escrow still opens what was erased, for so long at most.
    static let escrowLook = Duration.seconds(1)
    /// For a call that a look at the anchor, or a start, was in when the stop came.
    static let tpmFarewell = Duration.seconds(10)
    /// Between two tries.
    static let tpmRetry = Duration.milliseconds(500)

    /// Returns after a clean stop.
    /// - Throws: whatever keeps it from starting; its description is one line for a person.
    func run() async throws {
        let signals = Daemon.catchSignals()
        try home.create()
        let pidFile = try PidFile.acquire(home.pidFile(Self.name))
        defer { pidFile.release() }
        let state = KeeperState(memoryLocked: MemoryLock.lockProcess())
        let gate = AccessGate(
            try TokenVerifier(
                jwksFile: home.issuerKeySet, deniedFile: home.deniedTokens, issuer: issuer))

        let servers = [
            try await server(.gateway, at: home.keeperGatewaySocket, state, gate),
            try await server(.ledger, at: home.keeperLedgerSocket, state, gate),
        ]
        let living = Task {
            // Not its health: that may wait for the TPM, and one that hangs is no better after a restart.
            await ServiceManager.current.keepAlive {
                for server in servers { await server.turn() }
                await offEventLoop {}
            }
        }
        defer { living.cancel() }
        let opening = Task { try await openKeys(state) }
        let stopping = Task {
            await signals.wait()
            opening.cancel()
        }
        let result = await opening.result
        if case .success(let custodian) = result, isRecovering {
            state.enter(.recovering(custodian))
            await stopping.value
        } else if case .success(let custodian) = result {
            await gate.untilSignaturesCount()
            state.enter(.ready(custodian))
            let expiry = Task { await expireKeys(custodian) }
            let anchoring = Task { await keepAnchored(custodian, state) }
            let escrowing = Task { await keepEscrowed(custodian, state) }
            await stopping.value
            escrowing.cancel()
            expiry.cancel()
            anchoring.cancel()
        }
        state.enter(.stopping)
        for server in servers { await server.close() }
        if case .success(let custodian) = result {
            try await custodian.close(anchoring: !isRecovering)
        }
        await tpm.settle(within: Self.tpmFarewell)
        if case .failure(let error) = result, !(error is CancellationError) { throw error }
    }

    private func server(
        _ socket: KeeperSocket, at path: String, _ state: KeeperState, _ gate: AccessGate
    ) async throws -> FrameServer<WireKeeperRequest, WireKeeperResponse> {
        let service = KeeperService(socket: socket, state: state, gate: gate)
        return try await FrameServer.start(
            socketPath: path, inherited: InheritedSockets.current.descriptor(at: path),
            group: MultiThreadedEventLoopGroup.singleton, logger: Daemon.silentLogger
        ) { request in
            await service.respond(to: request)
        }
    }

    /// - Throws: `CancellationError` when told to stop meanwhile; `KeyCustodyError`.
    private func openKeys(_ state: KeeperState) async throws -> KeyCustodian {
        state.enter(.starting("opening the keys; the first start makes them"))
        let deadline = ContinuousClock.now + Self.tpmPatience
        while true {
            do throws(KeyCustodyError) {
                return try await KeyCustodian.open(
                    directory: home.keysDirectory, logName: logName, tpm: tpm,
                    recovering: isRecovering)
            } catch {
                guard let cause = error.tpm else { throw error }
                // However long it takes: the keeper goes on when an operator has approved of this platform.
                if cause.code == .unapproved, !isRecovering {
                    state.enter(.unapproved("waiting for a signed policy: \(error)"))
                } else if [.absent, .lost, .busy].contains(cause.code),
                    ContinuousClock.now < deadline
                {
                    state.enter(.starting("waiting for the TPM: \(cause)"))
                } else {
                    throw error
                }
            }
            try await Task.sleep(for: Self.tpmRetry)
        }
    }

    /// Looks at the anchor often, moves it seldom and while anything is signed. A TPM that does not answer just now is asked
    /// again; what it says when it does decides. One that is another TPM, or was cleared, suspends the keeper until the right
    /// one is back.
    private func keepAnchored(_ custodian: KeyCustodian, _ state: KeeperState) async {
        while (try? await Task.sleep(for: Self.anchorLook)) != nil {
            do throws(KeyCustodyError) {
                try await custodian.anchorer.check()
                try await custodian.anchorer.tend(every: Self.anchorInterval)
                state.note(tpmProblem: "")
                state.resume()
            } catch {
                // The stop moves the anchor, too.
                guard !Task.isCancelled else { return }
                if error.code == .equivocation { return state.enter(.refusing(error)) }
                guard let problem = error.tpm else { continue }
                state.note(tpmProblem: problem.description)
                if problem.code == .foreign {
                    state.suspend(
                        "the TPM was cleared or replaced; put the right one back and do not stop this "
                            + "keeper, which nothing could start again: \(problem)")
                }
            }
        }
    }

    /// An erasure owes a new escrow, and its predecessor's end: within moments, or when the escrow's directory is back.
    private func keepEscrowed(_ custodian: KeyCustodian, _ state: KeeperState) async {
        repeat {
            // A copy that another one has overtaken must not bring back the escrow of before an erasure.
            guard state.isServing else { continue }
            do throws(KeyCustodyError) {
                try await custodian.escrow.tend()
                state.note(escrowProblem: "")
            } catch {
                state.note(escrowProblem: error.message)
            }
        } while (try? await Task.sleep(for: Self.escrowLook)) != nil
    }

    /// Idempotency keys come of age without a request, too. A keystore that cannot be written just now
    /// is tried again a minute later.
    private func expireKeys(_ custodian: KeyCustodian) async {
        while (try? await Task.sleep(for: .seconds(60))) != nil {
            try? await custodian.idempotency.expire()
        }
    }
}
