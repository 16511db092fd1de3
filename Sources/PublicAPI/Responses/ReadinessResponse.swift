import ContactServices

/// `/readyz`: the state of both daemons, and in `detail` what is wrong.
enum ReadinessResponse {
    static func json(_ readiness: Readiness) -> JSONValue {
        .fields([
            "status": .string(readiness.isReady ? "ready" : "not-ready"),
            "detail": .text(detail(readiness)),
            "ledger": ledger(readiness.ledger),
            "keeper": keeper(readiness.keeper),
        ])
    }

    private static func detail(_ readiness: Readiness) -> String? {
        var problems: [String] = []
        if !readiness.ledger.isReady {
            problems.append("The ledger: \(readiness.ledger.problem ?? "not ready yet").")
        }
        if !readiness.keeper.isReady {
            problems.append("The keeper: \(readiness.keeper.problem ?? "not ready yet").")
        }
        return problems.isEmpty ? nil : problems.joined(separator: " ")
    }

    private static func ledger(_ ledger: Readiness.Ledger) -> JSONValue {
        .fields([
            "ready": .bool(ledger.isReady),
            "problem": .text(ledger.problem),
            "treeSize": .integer(ledger.treeSize),
            "signedSize": .integer(ledger.signedSize),
            "projectedSize": .integer(ledger.projectedSize),
            "activeSegment": .integer(ledger.activeSegment),
            "sealedSegments": .integer(ledger.sealedSegments),
            "queueDepth": .integer(ledger.queueDepth),
            "freeDiskBytes": .integer(ledger.freeDiskBytes),
            "lastCheckpointTime": .text(ledger.lastCheckpointTime),
            "keeperReachable": .bool(ledger.keeperReachable),
        ])
    }

    private static func keeper(_ keeper: Readiness.Keeper) -> JSONValue {
        .fields([
            "ready": .bool(keeper.isReady),
            "problem": .text(keeper.problem),
            "subjects": .integer(keeper.subjects),
            "treeSize": .integer(keeper.treeSize),
            "memoryLocked": .bool(keeper.memoryLocked),
        ])
    }
}
