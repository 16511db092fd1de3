import ArgumentParser
import NIOCore
import NIOHTTP1

/// Reads one contact; each answer waits for its durable audit entry.
struct ReadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "GET /api/v1/contacts/{id} over TLS 1.3.")

    @OptionGroup var load: RequestLoad
    @Option(help: "The contact's id.") var id: String
    @Option(help: "Name in the output.") var name = "read"

    func run() async throws {
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/api/v1/contacts/\(id)", headers: load.headers)
        try await load.run(name, expecting: 200) { (head, ByteBuffer()) }
    }
}
