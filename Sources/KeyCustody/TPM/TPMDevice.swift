import Dispatch
import LedgerFormat
import Synchronization

/// The one owner of the TPM. Calls run one after another on a queue of its own, because ESAPI blocks
/// and is not thread-safe; nothing of ESAPI leaves that queue.
///
/// The connection is opened at the first use and kept. A broken one is dropped, and the next call opens
/// a new one: the storage root is made again from the TPM's own seed each time, so nothing is lost with
/// it. (The software TPM's transport connects anew for every command by itself.)
public final class TPMDevice: Sendable {
    public let address: TCTIAddress
    /// How long a call may take before it counts as `busy`; a raw software TPM that serves another
    /// client lets a second one wait for ever.
    private let patience: Duration
    private let queue = DispatchQueue(label: "chancery.tpm")
    private let slot: Slot

    /// - Parameter authorizations: of the hierarchies, where an operator has set them.
    public init(
        _ address: TCTIAddress, patience: Duration = .seconds(30),
        authorizations: TPMAuthorizations? = nil
    ) {
        self.address = address
        self.patience = patience
        slot = Slot(authorizations)
    }

    /// Manufacturer and vendor strings, e.g. `IBM SW TPM`.
    /// - Throws: `TPMError.absent`, `.busy`, `.lost`.
    public func identify() async throws(TPMError) -> String {
        try await perform("identifying the TPM") { connection throws(TPMError) in
            try connection.describe()
        }
    }

    func seal(
        _ secret: SecretBytes, to key: PolicyKey, counter: TPMCounter, epoch: UInt64
    ) async throws(TPMError) -> SealedRoot {
        try await perform("sealing the keystore root") { connection throws(TPMError) in
            try connection.seal(secret, to: key, counter: counter, epoch: epoch)
        }
    }

    func unseal(
        _ blob: SealedRoot, _ policies: [SignedPolicy]
    ) async throws(TPMError) -> SecretBytes {
        try await perform("unsealing the keystore root") { connection throws(TPMError) in
            try connection.unseal(blob, policies)
        }
    }

    /// - Throws: `TPMError.unapproved` when none of them is of this platform.
    func approve(_ policies: [SignedPolicy]) async throws(TPMError) {
        try await perform("looking for a signed policy") { connection throws(TPMError) in
            _ = try connection.approval(of: policies)
        }
    }

    /// What the platform's registers hold now.
    public func registers(_ indices: [Int]) async throws(TPMError) -> PlatformRegisters {
        try await perform("reading registers") { connection throws(TPMError) in
            try connection.registers(indices)
        }
    }

    // MARK: - Counters and attestation

    func defineCounters(
        _ count: Int, mark: [UInt8], authorization: SecretBytes
    ) async throws(TPMError) -> [TPMCounter] {
        try await perform("defining counters") { connection throws(TPMError) in
            try connection.defineCounters(count, mark: mark, authorization: authorization)
        }
    }

    func undefineCounters(
        mark: [UInt8], but kept: [TPMCounter] = []
    ) async throws(TPMError) {
        try await perform("undefining counters") { connection throws(TPMError) in
            try connection.undefineCounters(mark: mark, but: kept)
        }
    }

    /// Removes the counter, if it is this TPM's.
    func undefine(_ counter: TPMCounter) async throws(TPMError) {
        try await perform("undefining a counter") { connection throws(TPMError) in
            try connection.undefine(counter)
        }
    }

    func value(of counter: TPMCounter) async throws(TPMError) -> UInt64 {
        try await perform("reading a counter") { connection throws(TPMError) in
            try connection.value(of: counter)
        }
    }

    func advance(
        _ counter: TPMCounter, to target: UInt64, authorization: SecretBytes
    ) async throws(TPMError) -> UInt64 {
        try await perform("incrementing a counter") { connection throws(TPMError) in
            try connection.advance(counter, to: target, authorization: authorization)
        }
    }

    func attest(
        _ qualifying: Digest32, _ counter: TPMCounter
    ) async throws(TPMError) -> TPMAttestation {
        try await perform("attesting") { connection throws(TPMError) in
            try connection.attest(qualifying, counter)
        }
    }

    /// The counter alone.
    func certify(
        _ qualifying: Digest32, _ counter: TPMCounter
    ) async throws(TPMError) -> TPMAttestation.Statement {
        try await perform("certifying a counter") { connection throws(TPMError) in
            try connection.certify(qualifying, counter)
        }
    }

    func perform<Value: Sendable>(
        _ operation: String,
        _ body: @escaping @Sendable (TPMConnection) throws(TPMError) -> Value
    ) async throws(TPMError) -> Value {
        let reply = OnceReply<Value>()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                reply.wait(continuation)
                queue.async { [slot, address] in
                    reply.send(slot.run(address, body))
                }
                let seconds = Int(patience.components.seconds)
                DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) {
                    reply.send(
                        .failure(
                            TPMError(
                                .busy, operation: operation,
                                hint:
                                    "the TPM gave no answer for \(seconds) s; another program may "
                                    + "hold it (a raw software TPM serves one client): end that program"
                            )))
                }
            }
        } onCancel: {
            // The call goes on where it hangs; whoever waits, perhaps to stop the process, does not.
            reply.send(
                .failure(
                    TPMError(
                        .busy, operation: operation, hint: "the keeper was told to stop meanwhile"))
            )
        }
        return try result.get()
    }

    /// Waits for the call that is under way, where somebody stopped waiting for it: a process that ends meanwhile takes the libraries
    /// away from under it, and leaves what it has loaded in a slot of a TPM that nobody shares.
    /// - Parameter limit: a TPM that hangs keeps nobody from ending.
    public func settle(within limit: Duration) async {
        let reply = OnceReply<Void>()
        _ = await withCheckedContinuation { continuation in
            reply.wait(continuation)
            queue.async { reply.send(.success(())) }
            let milliseconds = Int(limit / .milliseconds(1))
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
                reply.send(.success(()))
            }
        }
    }

    /// Touched on `queue` only.
    private final class Slot: @unchecked Sendable {
        private var connection: TPMConnection?
        private let authorizations: TPMAuthorizations?

        init(_ authorizations: TPMAuthorizations?) { self.authorizations = authorizations }

        func run<Value>(
            _ address: TCTIAddress, _ body: (TPMConnection) throws(TPMError) -> Value
        ) -> Result<Value, TPMError> {
            do throws(TPMError) {
                return .success(try body(try opened(address)))
            } catch {
                // A TPM that was cleared has other authorizations than the connection began with.
                if [.lost, .lockedOut].contains(error.code) { connection = nil }
                return .failure(error)
            }
        }

        private func opened(_ address: TCTIAddress) throws(TPMError) -> TPMConnection {
            if let connection { return connection }
            let fresh = try TPMConnection(address, authorizations)
            connection = fresh
            return fresh
        }
    }

    /// Answers the first time only: the call, its timeout, or the cancellation, which may even come before
    /// anybody waits.
    private final class OnceReply<Value: Sendable>: Sendable {
        private enum State {
            case idle
            case waiting(CheckedContinuation<Result<Value, TPMError>, Never>)
            case answered(Result<Value, TPMError>)
        }

        private let state = Mutex(State.idle)

        func wait(_ continuation: CheckedContinuation<Result<Value, TPMError>, Never>) {
            let early: Result<Value, TPMError>? = state.withLock { state in
                if case .answered(let result) = state { return result }
                state = .waiting(continuation)
                return nil
            }
            if let early { continuation.resume(returning: early) }
        }

        func send(_ result: Result<Value, TPMError>) {
            let waiting: CheckedContinuation<Result<Value, TPMError>, Never>? = state.withLock {
                state in
                switch state {
                case .answered: return nil
                case .idle:
                    state = .answered(result)
                    return nil
                case .waiting(let continuation):
                    state = .answered(result)
                    return continuation
                }
            }
            waiting?.resume(returning: result)
        }
    }
}
