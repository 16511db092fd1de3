import Foundation

/// What of a problem document (RFC 9457), or of /readyz, is for the operator to read.
struct Problem: Decodable, Sendable {
    let title: String?
    let code: String?
    let detail: String?

    var text: String {
        let parts = [code, detail ?? title].compactMap(\.self)
        return parts.isEmpty ? "no reason given" : parts.joined(separator: ": ")
    }

    static func detail(of reply: GatewayClient.Reply) -> String? {
        (try? JSONDecoder().decode(Problem.self, from: Data(reply.body)))?.detail
    }

    static func text(of reply: GatewayClient.Reply) -> String {
        let problem = try? JSONDecoder().decode(Problem.self, from: Data(reply.body))
        return
            "\(reply.status) \(problem?.text ?? String(decoding: reply.body.prefix(200), as: UTF8.self))"
    }
}
