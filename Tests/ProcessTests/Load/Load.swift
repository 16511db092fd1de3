import Foundation
import Synchronization

/// Concurrent patient clients, half of them one contact at a time, half in bulk with references.
final class Load: Sendable {
    private struct State {
        var acknowledged = 0
        var finished = false
    }

    let troubles = Troubles()
    private let client: PatientClient
    private let writers: Int
    private let state = Mutex(State())

    /// Orders of one bulk request.
    private static let bulkOrders = 4

    init(api: API, writers: Int = 6) {
        client = PatientClient(api: api, troubles: troubles)
        self.writers = writers
    }

    /// Runs until `finish`, then lets each writer complete what it began: all that it sent is acknowledged.
    func run() async throws -> [Acknowledged] {
        try await withThrowingTaskGroup(of: [Acknowledged].self) { group in
            for writer in 0..<writers {
                group.addTask { try await self.write(inBulk: !writer.isMultiple(of: 2)) }
            }
            var all: [Acknowledged] = []
            for try await part in group { all += part }
            return all
        }
    }

    /// - Throws: `TestFailure` when they do not come: a blow that falls on an idle server proves nothing.
    func waitForAcknowledgements(_ count: Int) async throws {
        for _ in 0..<6_000 {
            if acknowledged >= count { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw TestFailure("\(acknowledged) of \(count) acknowledged: \(troubles.text)")
    }

    var acknowledged: Int { state.withLock { $0.acknowledged } }

    func finish() { state.withLock { $0.finished = true } }

    private func write(inBulk: Bool) async throws -> [Acknowledged] {
        var written: [Acknowledged] = []
        repeat {
            let new =
                inBulk
                ? try await client.bulk(
                    (0..<Self.bulkOrders).map { .init(attribute: $0.isMultiple(of: 2)) })
                : [try await client.create(.init(attribute: false))]
            written += new
            state.withLock { $0.acknowledged += new.count }
        } while !state.withLock { $0.finished }
        return written
    }
}
