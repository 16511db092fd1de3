import ContactModel

/// Takes one group through the write path.
struct GroupProcessor: Sendable {
    let engine: MutationEngine
    let refs: RefTable
    let authorized: Authorized

    /// One result per line, in order. The groups it depends on must have finished.
    func process(_ group: BulkGroup) async -> [BulkResult] {
        var commands: [MutationCommand] = []
        var creates: [Reference: Int] = [:]
        var lines = group.lines
        var positions: [Int?] = []
        var refused: [Int: ServiceError.Code] = [:]
        for index in lines.indices {
            switch await command(lines[index], creates) {
            case .success(let command):
                if let ref = lines[index].declares { creates[ref] = commands.count }
                positions.append(commands.count)
                commands.append(command)
            case .failure(let error):
                lines[index].command = .failure(error)
                refused[index] = error.code
                positions.append(nil)
            }
        }
        let report = await engine.run(
            commands, by: authorized.naming(group.purposes, policies: group.policies),
            refused: refused)
        var results: [BulkResult] = []
        for (line, position) in zip(lines, positions) {
            let result: Result<MutationOutcome, ServiceError> =
                if let error = report.unaudited {
                    .failure(error)
                } else {
                    Self.result(line, position.map { report.results[$0] })
                }
            if let ref = line.declares { await refs.settle(ref, try? result.get().contactID) }
            results.append(BulkResult(line: line.number, result: result))
        }
        return results
    }

    private func command(
        _ line: BulkGroup.Line, _ creates: [Reference: Int]
    ) async -> Result<MutationCommand, ServiceError> {
        let command: BulkCommand
        switch line.command {
        case .success(let value): command = value
        case .failure(let error): return .failure(error)
        }
        var target: MutationCommand.Target?
        switch command.operation {
        case .createContact: break
        case .addAttributes(.contact(let id), _), .grantConsent(.contact(let id), _):
            target = .contact(id)
        case .addAttributes(.ref(let ref), _), .grantConsent(.ref(let ref), _):
            switch await refs[ref] {
            case .contact(let id): target = .contact(id)
            case .pending: target = creates[ref].map(MutationCommand.Target.created(at:))
            case .failed, nil: break
            }
            guard target != nil else { return .failure(.failedRef(ref)) }
        }
        let operation: MutationCommand.Operation
        switch (command.operation, target) {
        case (.createContact(let draft), _): operation = .createContact(draft)
        case (.addAttributes(_, let attributes), let target?):
            operation = .addAttributes(target, attributes)
        case (.grantConsent(_, let consent), let target?):
            operation = .grantConsent(target, consent)
        default: return .failure(.failedRef)
        }
        return .success(MutationCommand(operation: operation, idempotency: command.idempotency))
    }

    private static func result(
        _ line: BulkGroup.Line, _ outcome: Result<MutationOutcome, ServiceError>?
    ) -> Result<MutationOutcome, ServiceError> {
        if let outcome {
            guard case .failure(let error) = outcome, error.code == .failedRef,
                case .success(let command) = line.command, let ref = command.ref
            else { return outcome }
            return .failure(.failedRef(ref))
        }
        guard case .failure(let error) = line.command else { return .failure(.failedRef) }
        return .failure(error)
    }
}
