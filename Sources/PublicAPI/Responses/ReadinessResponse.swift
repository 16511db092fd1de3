import ContactServices

/// `/readyz`: whether both daemons are ready, and in `detail` which is not; beside it how certificates and credentials are.
enum ReadinessResponse {
    static func json(
        _ readiness: Readiness, _ certificates: CertificateCondition,
        _ credentials: CredentialCondition
    ) -> JSONValue {
        .fields([
            "status": .string(readiness.isReady ? "ready" : "not-ready"),
            "detail": .text(detail(readiness, [certificates.problem, credentials.problem])),
            "ledger": .fields(["ready": .bool(readiness.ledger == .ready)]),
            "keeper": .fields(["ready": .bool(readiness.keeper == .ready)]),
            "policies": .fields(["ready": .bool(readiness.hasPolicies)]),
            "certificates": .string(certificates.rawValue),
            "credentials": .string(credentials.rawValue),
        ])
    }

    private static func detail(_ readiness: Readiness, _ others: [String?]) -> String? {
        let problems =
            [
                problem("chancery-ledger", readiness.ledger),
                problem("chancery-keeper", readiness.keeper),
                policiesProblem(readiness),
            ].compactMap(\.self) + others.compactMap(\.self)
        return problems.isEmpty ? nil : problems.joined(separator: " ")
    }

    /// Of the ledger alone, while it does not answer.
    private static func policiesProblem(_ readiness: Readiness) -> String? {
        guard !readiness.hasPolicies, readiness.ledger == .ready else { return nil }
        return "The access policies have not been read from the ledger; the gateway's log says why."
    }

    private static func problem(_ name: String, _ state: Readiness.State) -> String? {
        switch state {
        case .ready: nil
        case .notReady: "\(name) is not ready; `chancery status` says why."
        case .silent: "\(name) does not answer; `chancery status` says whether it runs."
        }
    }
}
