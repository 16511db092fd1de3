import ArgumentParser
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Reads what a file of paths names, in turns; each answer waits for its durable audit entry.
struct ReadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "GET of paths over TLS 1.3.")

    @OptionGroup var load: RequestLoad
    @Option(help: "File with a path on each line.") var paths: String
    @Option(help: "Name in the output.") var name = "read"

    func run() async throws {
        let heads = try String(contentsOfFile: paths, encoding: .utf8).split(separator: "\n").map {
            HTTPRequestHead(
                version: .http1_1, method: .GET, uri: String($0), headers: load.headers)
        }
        guard !heads.isEmpty else { throw LoadError("\(paths) names no path") }
        let turns = Turns()
        try await load.run(name, expecting: 200) {
            (heads[turns.next(of: heads.count)], ByteBuffer())
        }
    }

    private final class Turns: Sendable {
        private let turn = Atomic(0)

        func next(of count: Int) -> Int {
            turn.wrappingAdd(1, ordering: .relaxed).oldValue % count
        }
    }
}
