import Foundation

/// What is asked for at every point of a sweep.
struct FaultWork: Sendable {
    enum Kind {
        /// Appends of each kind, a seal between them, an erasure.
        case everyday
        /// Each key that can be replaced is, between appends and an erasure.
        case rotations
    }

    let stack: Stack
    var kind = Kind.everyday
    let troubles = Troubles()

    func run() async throws -> [Acknowledged] {
        switch kind {
        case .everyday: try await everyday()
        case .rotations: try await rotations()
        }
    }

    private func rotations() async throws -> [Acknowledged] {
        let client = PatientClient(api: stack.api, troubles: troubles)
        let officer = stack.api.officer
        var done: [Acknowledged] = []
        for key in ["checkpoint", "data", "segment-manifest"] {
            done.append(try await client.create(.init(attribute: false)))
            try await rotate(key)
        }
        done.append(
            try await client.erase(
                try await client.create(.init(attribute: false)), token: officer))
        return done
    }

    private func everyday() async throws -> [Acknowledged] {
        let client = PatientClient(api: stack.api, troubles: troubles)
        var done = [try await client.create(.init(attribute: false))]
        done += try await client.bulk([.init(attribute: true), .init(attribute: false)])
        try await seal()
        let officer = stack.api.officer
        done.append(
            try await client.erase(
                try await client.create(.init(attribute: false)), token: officer))
        done.append(try await client.create(.init(attribute: false)))
        return done
    }

    /// Until it is told that it was done; a try that was not answered may have been done, too.
    private func rotate(_ key: String) async throws {
        for _ in 0..<300 {
            let reply = try? await stack.api.send(
                .POST, "/api/v1/keys/\(key)/rotate", token: stack.api.operatorToken, body: [])
            switch reply?.status {
            case 200: return
            case 503: troubles.add("503 rotate")
            case nil: troubles.add("no answer")
            case .some(let status): throw TestFailure("rotate: \(status) \(reply?.text ?? "")")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw TestFailure("\(key) was never rotated: \(troubles.text)")
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
