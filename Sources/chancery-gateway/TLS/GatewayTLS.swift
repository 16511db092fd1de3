import Foundation
import Logging
import ProcessBoundary
import PublicAPI
import Synchronization

/// The TLS material in force. Looks at its files at most once per `recheck`, when connections arrive; what cannot be used (half written, no
/// pair, a list that nobody signed) leaves the one in force as it is.
final class GatewayTLS: Sendable {
    private struct State {
        var material: TLSMaterial
        var problem: String?
    }

    private let files: TLSFiles
    private let watch: FileWatch
    private let logger: Logger
    private let state: Mutex<State>

    /// - Throws: `StartError` when the files cannot be used.
    init(
        _ files: TLSFiles, logger: Logger, recheck: Duration = .seconds(1)
    ) throws(StartError) {
        self.files = files
        self.logger = logger
        watch = FileWatch(files.paths, recheck: recheck)
        state = Mutex(State(material: try TLSMaterial(files)))
    }

    func current() -> TLSMaterial {
        state.withLock { state in
            if watch.sawChange() { reload(&state) }
            return state.material
        }
    }

    /// Looks at the files, too.
    var condition: CertificateCondition {
        let clients = current().clients
        if state.withLock({ $0.problem }) != nil { return .outdated }
        return clients.map { $0.endOfRevocations < Date() } ?? false ? .revocationsEnded : .current
    }

    private func reload(_ state: inout State) {
        let versions = watch.versions()
        do throws(StartError) {
            state.material = try TLSMaterial(files)
            watch.settle(versions)
            state.problem = nil
            logger.info("certificates were read again")
        } catch {
            watch.postpone()
            // Told once, tried again at each look: it may be written to this moment.
            if state.problem != error.description {
                logger.error(
                    "certificates cannot be read again; those in force stay",
                    metadata: ["reason": "\(error)"])
            }
            state.problem = error.description
        }
    }
}
