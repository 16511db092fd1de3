import Foundation

/// What clients ask for at every point of a sweep: appends of each kind, a seal between them, an erasure.
struct FaultWork: Sendable {
    let stack: Stack
    let troubles = Troubles()

    func run() async throws -> [Acknowledged] {
        let client = PatientClient(api: stack.api, troubles: troubles)
        var done = [try await client.create(.init(attribute: false))]
        done += try await client.bulk([.init(attribute: true), .init(attribute: false)])
        try await seal()
        let officer = try stack.home.token("dpo", subject: "process-dpo")
        done.append(
            try await client.erase(
                try await client.create(.init(attribute: false)), token: officer))
        done.append(try await client.create(.init(attribute: false)))
        return done
    }

    /// A few times: a fault may hit every try, and then the next start seals. 409: nothing is left, an earlier try did it.
    private func seal() async throws {
        for _ in 0..<3 {
            let reply = try? await stack.api.send(
                .POST, "/api/v1/ledger/seal", token: stack.api.operatorToken, body: [])
            switch reply?.status {
            case 200, 409: return
            case 503: troubles.add("503 seal")
            case nil: troubles.add("no answer")
            case .some(let status):
                throw TestFailure("seal: \(status) \(reply?.text ?? "")")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}
