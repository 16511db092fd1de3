import AccessControl
import Foundation
import NIOCore
import NIOHTTP1

/// A request that this command makes through the gateway, as anybody with the caller's role and a client certificate could.
struct OperatorRequest {
    let home: Home
    let base: String
    var caller = Caller.operator

    /// - Parameters:
    ///   - signing: with a request signature (RFC 9421) over this, which operations on keys and policies need.
    ///   - type: of the body.
    ///   - failing: how a refusal begins.
    ///   - next: what to do about one.
    /// - Returns: the body of a 2xx.
    func send(
        _ method: HTTPMethod, _ path: String, timeout: TimeAmount, body: [UInt8] = [],
        type: String? = nil, failing: String, next: String, signing: SignedTarget? = nil
    ) async throws -> [UInt8] {
        let identity = caller.identity(home)
        let token = try await TokenRequest(
            subject: caller.subject, roles: [caller.role],
            certificate: identity.certificate
        ).obtain(from: home)
        let client = try GatewayClient(home: home, base: base, identity: identity)
        let reply: GatewayClient.Reply
        do {
            var headers: [(String, String)] = []
            if let signing {
                headers = try RequestSigner(identity).headers(
                    for: signing, token: token,
                    origin: try await LogOrigin.confirmed(by: client, home: home))
            }
            if let type { headers.append(("Content-Type", type)) }
            reply = try await client.send(
                method, path, token: token, headers: headers, body: body, timeout: timeout)
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
        _ method: HTTPMethod, _ path: String, timeout: TimeAmount, body: [UInt8] = [],
        type: String? = nil, failing: String, next: String, signing: SignedTarget? = nil,
        as answer: Answer.Type
    ) async throws -> Answer {
        let reply = try await send(
            method, path, timeout: timeout, body: body, type: type, failing: failing, next: next,
            signing: signing)
        do {
            return try JSONDecoder().decode(answer, from: Data(reply))
        } catch {
            throw OperatorError(
                .refused, "The answer to \(path) is not what it should be: \(error)",
                next: "Gateway and command may be of different versions: run `make` and restart.")
        }
    }
}
