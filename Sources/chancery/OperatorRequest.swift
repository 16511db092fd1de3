import Foundation
import NIOCore
import NIOHTTP1

/// A request that an operator's command makes through the gateway, as anybody with the operator's role and a client certificate could.
struct OperatorRequest {
    let home: Home
    let base: String

    /// - Parameters:
    ///   - signing: with a request signature (RFC 9421), which operations on keys need.
    ///   - failing: how a refusal begins.
    ///   - next: what to do about one.
    /// - Returns: the body of a 2xx.
    func send(
        _ method: HTTPMethod, _ path: String, timeout: TimeAmount, failing: String,
        next: String, signing: Bool = false
    ) async throws -> [UInt8] {
        let identity = home.operatorIdentity
        let token = try await TokenRequest(
            subject: ClientPKI.operatorSubject, roles: ["operator"],
            certificate: identity.certificate
        ).obtain(from: home)
        let client = try GatewayClient(home: home, base: base, identity: identity)
        let reply: GatewayClient.Reply
        do {
            var headers: [(String, String)] = []
            if signing {
                headers = try RequestSigner(identity).headers(
                    method: method.rawValue, path: path, token: token,
                    origin: try await LogOrigin.published(by: client))
            }
            reply = try await client.send(
                method, path, token: token, headers: headers, body: [], timeout: timeout)
            await client.shutdown()
        } catch {
            await client.shutdown()
            throw error
        }
        guard (200..<300).contains(reply.status) else {
            throw OperatorError(
                .refused, "\(failing): \(Problem.text(of: reply))", next: next)
        }
        return reply.body
    }

    /// The same, with an answer to read.
    func send<Answer: Decodable>(
        _ method: HTTPMethod, _ path: String, timeout: TimeAmount, failing: String,
        next: String, signing: Bool = false, as type: Answer.Type
    ) async throws -> Answer {
        let body = try await send(
            method, path, timeout: timeout, failing: failing, next: next, signing: signing)
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(body))
        } catch {
            throw OperatorError(
                .refused, "The answer to \(path) is not what it should be: \(error)",
                next: "Gateway and command may be of different versions: run `make` and restart.")
        }
    }
}
