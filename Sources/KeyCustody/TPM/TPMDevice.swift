import Dispatch
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
    private let slot = Slot()

    public init(_ address: TCTIAddress, patience: Duration = .seconds(30)) {
        self.address = address
        self.patience = patience
    }

    /// Manufacturer and vendor strings, e.g. `IBM SW TPM`.
    /// - Throws: `TPMError.absent`, `.busy`, `.lost`.
    public func identify() async throws(TPMError) -> String {
        try await perform("identifying the TPM") { connection throws(TPMError) in
            try connection.describe()
        }
    }

    func seal(_ secret: SecretBytes, epoch: UInt64) async throws(TPMError) -> SealedRoot {
        try await perform("sealing the keystore root") { connection throws(TPMError) in
            try connection.seal(secret, epoch: epoch)
        }
    }

    func unseal(_ blob: SealedRoot) async throws(TPMError) -> SecretBytes {
        try await perform("unsealing the keystore root") { connection throws(TPMError) in
            try connection.unseal(blob)
        }
    }

    /// Lets go of the connection, once calls under way have ended.
    public func close() async {
        await withCheckedContinuation { continuation in
            queue.async { [slot] in
                slot.connection = nil
                continuation.resume()
            }
        }
    }

    private func perform<Value: Sendable>(
        _ operation: String,
        _ body: @escaping @Sendable (TPMConnection) throws(TPMError) -> Value
    ) async throws(TPMError) -> Value {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Value, TPMError>, Never>) in
            let reply = OnceReply(continuation)
            queue.async { [slot, address] in
                reply.send(slot.run(address, body))
            }
            let seconds = Int(patience.components.seconds)
            DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) {
                reply.send(
                    .failure(
                        TPMError(
                            .busy, operation: operation,
                            hint: "the TPM gave no answer for \(seconds) s; another program may "
                                + "hold it (a raw software TPM serves one client): end that program"
                        )))
            }
        }
        return try result.get()
    }

    /// Touched on `queue` only.
    private final class Slot: @unchecked Sendable {
        var connection: TPMConnection?

        func run<Value>(
            _ address: TCTIAddress, _ body: (TPMConnection) throws(TPMError) -> Value
        ) -> Result<Value, TPMError> {
            do throws(TPMError) {
                return .success(try body(try opened(address)))
            } catch {
                if error.code == .lost { connection = nil }
                return .failure(error)
            }
        }

        private func opened(_ address: TCTIAddress) throws(TPMError) -> TPMConnection {
            if let connection { return connection }
            let fresh = try TPMConnection(address)
            connection = fresh
            return fresh
        }
    }

    /// Answers the first time only: the call, or its timeout.
    private final class OnceReply<Value: Sendable>: Sendable {
        private let waiting: Mutex<CheckedContinuation<Value, Never>?>

        init(_ continuation: CheckedContinuation<Value, Never>) {
            waiting = Mutex(continuation)
        }

        func send(_ value: sending Value) {
            let continuation = waiting.withLock { waiting in
                defer { waiting = nil }
                return waiting
            }
            continuation?.resume(returning: value)
        }
    }
}
