public import ProcessBoundary

/// The ledger at the other end of its socket.
public struct LedgerFramePort: LedgerPort {
    private let client: LedgerClient

    public init(_ client: LedgerClient) {
        self.client = client
    }

    public func call(
        _ request: WireLedgerRequest, timeout: Duration
    ) async throws(PortError) -> WireLedgerResponse {
        do {
            return try await client.call(request, timeout: timeout)
        } catch {
            throw PortError(error)
        }
    }
}

/// The keeper at the other end of its socket.
public struct KeeperFramePort: KeeperPort {
    private let client: KeeperClient

    public init(_ client: KeeperClient) {
        self.client = client
    }

    public func call(
        _ request: WireKeeperRequest, timeout: Duration
    ) async throws(PortError) -> WireKeeperResponse {
        do {
            return try await client.call(request, timeout: timeout)
        } catch {
            throw PortError(error)
        }
    }
}

extension PortError {
    fileprivate init(_ error: FrameError) {
        switch error.code {
        case .unavailable, .timedOut, .cancelled: self = error.mayHaveRun ? .noReply : .unavailable
        case .overloaded: self = .overloaded
        case .malformed, .tooLarge: self = error.mayHaveRun ? .malformed : .tooLarge
        }
    }
}
