public import ProcessBoundary

/// Calls to chancery-keeper.
public protocol KeeperPort: Sendable {
    func call(
        _ request: WireKeeperRequest, timeout: Duration
    ) async throws(PortError) -> WireKeeperResponse
}

extension KeeperPort {
    /// Calls, and picks the result expected; a fault or anything else becomes a `ServiceError`.
    func ask<Result>(
        timeout: Duration = ServiceLimits.callTimeout,
        _ operation: WireKeeperRequest.OneOf_Operation,
        _ pick: (WireKeeperResponse.OneOf_Result) -> Result?
    ) async throws(ServiceError) -> Result {
        var request = WireKeeperRequest()
        request.operation = operation
        let response: WireKeeperResponse
        do {
            response = try await call(request, timeout: timeout)
        } catch {
            throw ServiceError(error, from: .keeper)
        }
        if case .fault(let fault) = response.result { throw ServiceError(fault, from: .keeper) }
        guard let result = response.result.flatMap(pick) else { throw .unexpectedReply(.keeper) }
        return result
    }
}
