import Foundation
import Synchronization

/// Concurrent writers that behave as good clients do: each mutation has an idempotency key, and what got no answer, or a 503, is sent again.
final class Load: Sendable {
    struct Written: Sendable {
        let key: String
        let email: String
        let id: String
    }

    private struct State {
        var acknowledged = 0
        var finished = false
    }

    private let api: API
    private let round: Int
    private let state = Mutex(State())

    private static let writers = 6
    /// Enough to be in flight when the blow falls, few enough to check one by one.
    private static let perWriter = 25
    /// A round ends long before; this ends a test whose server never comes back.
    private static let attempts = 600

    init(api: API, round: Int) {
        self.api = api
        self.round = round
    }

    /// Runs until `finish`, then lets each writer complete what it began.
    func run() async throws -> [Written] {
        try await withThrowingTaskGroup(of: [Written].self) { group in
            for writer in 0..<Self.writers {
                group.addTask { try await self.write(writer) }
            }
            var all: [Written] = []
            for try await part in group { all += part }
            return all
        }
    }

    func waitForAcknowledgements(_ count: Int) async {
        for _ in 0..<2000 where state.withLock({ $0.acknowledged }) < count {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    func finish() { state.withLock { $0.finished = true } }

    private func write(_ writer: Int) async throws -> [Written] {
        var written: [Written] = []
        for number in 0..<Self.perWriter where !state.withLock({ $0.finished }) || number == 0 {
            let tag = UUID().uuidString.lowercased()
            let key = "load-\(round)-\(writer)-\(number)-\(tag)"
            let email = "load-\(tag)@example.com"
            written.append(
                Written(key: key, email: email, id: try await persist(email: email, key: key)))
            state.withLock { $0.acknowledged += 1 }
        }
        return written
    }

    private func persist(email: String, key: String) async throws -> String {
        var last = "no answer"
        for _ in 0..<Self.attempts {
            if let reply = try? await api.create(email: email, key: key) {
                if reply.status == 201, let id = reply.json?["id"]?.string { return id }
                last = "\(reply.status) \(reply.text)"
                // Anything but "not now" is an answer, and the wrong one.
                guard [500, 502, 503, 504].contains(reply.status) else { break }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw TestFailure("\(key) was never taken: \(last)")
    }
}
