import AsyncHTTPClient
import Foundation
import ProcessBoundary

/// What a taken-over gateway can do: it speaks the daemons' frames, and says in them what it likes.
final class DaemonPeer: Sendable {
    private let ledger: LedgerClient
    private let keeper: KeeperClient
    private let keeperAsLedger: KeeperClient

    init(_ home: TestHome) {
        let group = HTTPClient.defaultEventLoopGroup
        let run = home.root + "/run/"
        ledger = LedgerClient(socketPath: run + "ledger.gateway.sock", group: group)
        keeper = KeeperClient(socketPath: run + "keeper.gateway.sock", group: group)
        keeperAsLedger = KeeperClient(socketPath: run + "keeper.ledger.sock", group: group)
    }

    func ask(_ operation: WireLedgerRequest.OneOf_Operation) async throws -> WireLedgerResponse {
        try await ledger.call(.with { $0.operation = operation })
    }

    func ask(
        _ operation: WireKeeperRequest.OneOf_Operation, asLedger: Bool = false
    ) async throws -> WireKeeperResponse {
        try await (asLedger ? keeperAsLedger : keeper).call(.with { $0.operation = operation })
    }

    /// Why the ledger refuses; nil: it does not.
    func refusal(
        _ operation: WireLedgerRequest.OneOf_Operation
    ) async throws -> WireFault.Code? {
        try await ask(operation).refusal?.code
    }

    func refusal(
        _ operation: WireKeeperRequest.OneOf_Operation, asLedger: Bool = false
    ) async throws -> WireFault.Code? {
        try await ask(operation, asLedger: asLedger).refusal?.code
    }

    func shutdown() async {
        await ledger.shutdown()
        await keeper.shutdown()
        await keeperAsLedger.shutdown()
    }
}
