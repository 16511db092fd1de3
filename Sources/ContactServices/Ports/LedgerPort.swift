public import ProcessBoundary

/// Calls to chancery-ledger.
public protocol LedgerPort: Sendable {
    func call(
        _ request: WireLedgerRequest, timeout: Duration
    ) async throws(PortError) -> WireLedgerResponse
}

extension LedgerPort {
    /// Calls, and picks the result expected; a fault or anything else becomes a `ServiceError`.
    func ask<Result>(
        timeout: Duration = ServiceLimits.callTimeout,
        _ operation: WireLedgerRequest.OneOf_Operation,
        _ pick: (WireLedgerResponse.OneOf_Result) -> Result?
    ) async throws(ServiceError) -> Result {
        var request = WireLedgerRequest()
        request.operation = operation
        let response: WireLedgerResponse
        do {
            response = try await call(request, timeout: timeout)
        } catch {
            throw ServiceError(error, from: .ledger)
        }
        if case .fault(let fault) = response.result { throw ServiceError(fault, from: .ledger) }
        guard let result = response.result.flatMap(pick) else { throw .unexpectedReply(.ledger) }
        return result
    }

    /// Calls for what is recorded: a lost reply, or a failure behind the ledger's commit point, leaves the outcome open.
    func record<Result>(
        _ operation: WireLedgerRequest.OneOf_Operation,
        _ pick: (WireLedgerResponse.OneOf_Result) -> Result?
    ) async throws(ServiceError) -> Result {
        var request = WireLedgerRequest()
        request.operation = operation
        let response: WireLedgerResponse
        do {
            response = try await call(request, timeout: ServiceLimits.callTimeout)
        } catch {
            if error == .noReply || error == .malformed { throw .outcomeUnknown }
            throw ServiceError(error, from: .ledger)
        }
        if case .fault(let fault) = response.result {
            throw fault.mayHaveRun ? .outcomeUnknown : ServiceError(fault, from: .ledger)
        }
        guard let result = response.result.flatMap(pick) else { throw .unexpectedReply(.ledger) }
        return result
    }
}
