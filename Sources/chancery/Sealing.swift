import Foundation

/// Asks the ledger, through the gateway, to seal its active segment.
struct Sealing {
    let home: Home
    let base: String

    struct Sealed: Decodable, Sendable {
        let segment: UInt64
        let firstIndex: UInt64
        let count: UInt64
        let manifestHash: String

        var line: String {
            "sealed segment \(segment): \(Figures.grouped(count)) entries from index \(Figures.grouped(firstIndex)), "
                + "manifest \(manifestHash)"
        }
    }

    func seal() async throws -> Sealed {
        let token = try await TokenRequest(subject: "chancery-operator", roles: ["operator"]).issue(
            from: home)
        let client = try GatewayClient(home: home, base: base)
        let reply: GatewayClient.Reply
        do {
            // VACUUM INTO and the full verification of the result take their time on a large segment.
            reply = try await client.send(
                .POST, "/api/v1/ledger/seal", token: token, body: [], timeout: .minutes(30))
            await client.shutdown()
        } catch {
            await client.shutdown()
            throw error
        }
        guard (200..<300).contains(reply.status) else {
            throw OperatorError(
                .refused, "The ledger did not seal: \(Problem.text(of: reply))",
                next: "See `chancery status`; sealing again is safe.")
        }
        do {
            return try JSONDecoder().decode(Sealed.self, from: Data(reply.body))
        } catch {
            throw OperatorError(
                .refused, "The answer to the seal request is not what it should be: \(error)",
                next: "Gateway and command may be of different versions: run `make` and restart.")
        }
    }
}
