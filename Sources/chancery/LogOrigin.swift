import Foundation
import NIOCore

/// The name of a log and its generation, which a request signature is made for: the first line of its checkpoints (C2SP tlog-checkpoint).
enum LogOrigin {
    private static let longest = 256
    private static let tries = 20

    /// What the gateway publishes, which must be what the home's trust file says, where there is one: a gateway that was taken over
    /// would have signatures made for another log.
    /// - Throws: `refused`; `inputOutput`; what `published(by:)` throws
    static func confirmed(by client: GatewayClient, home: Home) async throws(OperatorError)
        -> String
    {
        let trusted = try trusted(home)
        let published = try await published(by: client)
        guard trusted == nil || trusted == published else {
            throw OperatorError(
                .refused, "\(client.base) names another log than \(home.trust).",
                next:
                    "Nothing was signed. Name the home of that log with --home, or find out why its gateway speaks for another."
            )
        }
        return published
    }

    /// Of the newest generation; nil: there is no trust file.
    private static func trusted(_ home: Home) throws(OperatorError) -> String? {
        struct Trust: Decodable { let generations: [Generation] }
        struct Generation: Decodable { let origin: String }
        guard Files.exists(home.trust) else { return nil }
        let text = try Files.readText(home.trust)
        guard
            let newest = try? JSONDecoder().decode(Trust.self, from: Data(text.utf8)).generations
                .last
        else {
            throw OperatorError(
                .inputOutput, "\(home.trust) is damaged.",
                next: "Restart the ledger, which writes it anew.")
        }
        return newest.origin
    }

    /// As the gateway publishes it. A new ledger does so within a second.
    /// - Throws: `unreachable`; `refused`; `interrupted`
    static func published(by client: GatewayClient) async throws(OperatorError) -> String {
        for _ in 0..<tries {
            let reply = try await client.send(.GET, "/ledger/checkpoint", timeout: .seconds(10))
            if reply.status == 200 {
                let line = reply.body.prefix { $0 != UInt8(ascii: "\n") }
                return try check(String(decoding: line, as: UTF8.self))
            }
            guard reply.status == 404 || reply.status == 503 else {
                throw OperatorError(
                    .refused, "There is no checkpoint: \(Problem.text(of: reply))",
                    next: "See `chancery status`, or name the log with --origin.")
            }
            do { try await Task.sleep(for: .milliseconds(250)) } catch { throw .interrupted }
        }
        throw OperatorError(
            .refused, "\(client.base) has published no checkpoint yet.", next: "Try again.")
    }

    /// - Throws: `badInput` for what a signature cannot carry.
    static func check(_ text: String) throws(OperatorError) -> String {
        let isPlain = text.utf8.allSatisfy {
            (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        guard (1...longest).contains(text.utf8.count), isPlain else {
            throw OperatorError(
                .badInput, "That is no origin of a log.",
                next: "It is the first line of /ledger/checkpoint, such as chancery.localhost/g1.")
        }
        return text
    }
}
