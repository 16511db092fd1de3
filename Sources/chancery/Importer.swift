import AsyncHTTPClient
import Foundation
import NIOCore

/// Streams an NDJSON file of mutations to the gateway and reads the results as they come.
///
/// Memory does not grow with the file: the connection's own backpressure paces both directions. Each line carries an idempotency key, so an import that
/// broke off is continued by running it again under the same subject.
struct Importer {
    let home: Home
    let base: String
    let file: String
    let subject: String
    let purpose: String
    let console: Console

    /// As long as a token may live. What is not done by then is continued by running it again.
    private static let longestImport = "\(TokenIssuer.longestLifetime)s"

    /// - Throws: `unreachable` if the connection broke (run again), `refused` if the request as a whole was.
    func run() async throws -> ImportSummary {
        let total = try FileChunks.countLines(file)
        // One request carries the whole file, because its lines refer to each other; so one token must last as long.
        let token = try await TokenRequest(
            subject: subject, roles: ["enrichment-platform"], ttl: Self.longestImport
        ).obtain(from: home)
        let client = try GatewayClient(home: home, base: base)
        do {
            let summary = try await stream(client, token: token, total: total)
            await client.shutdown()
            return summary
        } catch {
            await client.shutdown()
            throw error
        }
    }

    private func stream(_ client: GatewayClient, token: String, total: Int) async throws
        -> ImportSummary
    {
        var request = HTTPClientRequest(url: base + "/api/v1/mutations")
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        request.headers.add(name: "Content-Type", value: "application/x-ndjson")
        request.headers.add(name: "X-Purpose", value: purpose)
        request.headers.add(name: "X-Request-ID", value: UUID().uuidString.lowercased())
        request.body = .stream(FileChunks(path: file), length: .unknown)

        var summary = ImportSummary()
        var progress = Progress("importing", total: total, console: console)
        do {
            let response = try await client.stream(
                request, deadline: .now() + .seconds(Int64(TokenIssuer.longestLifetime)))
            guard response.status.code == 200 else {
                let body = Array(buffer: try await response.body.collect(upTo: 1 << 16))
                let reply = GatewayClient.Reply(status: Int(response.status.code), body: body)
                throw OperatorError(
                    .refused, "The gateway refused the import: \(Problem.text(of: reply))",
                    next: "Nothing was written. Mend what it names, then run it again.")
            }
            var splitter = LineSplitter()
            let decoder = JSONDecoder()
            for try await bytes in response.body {
                for line in try splitter.add(bytes) {
                    summary.add(
                        try decoder.decode(BulkResult.self, from: Data(line.readableBytesView)))
                }
                progress.update(summary.total)
            }
        } catch let error as OperatorError {
            throw error
        } catch {
            console.endRedraw()
            guard summary.total > 0 else { throw client.unreachable(error) }
            throw OperatorError(
                .unreachable,
                "The import broke off after \(Figures.grouped(summary.total)) results: \(error)",
                next: "Run it again: lines that were written are recognised and not doubled.")
        }
        progress.finish(summary.total)
        guard summary.total == total else {
            throw OperatorError(
                .incomplete,
                "The gateway answered \(Figures.grouped(summary.total)) of \(Figures.grouped(total)) lines.",
                next: "See `chancery status`, then run it again: nothing is doubled.")
        }
        return summary
    }
}
