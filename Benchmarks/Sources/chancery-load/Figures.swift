import Foundation
import Synchronization

/// What one run measured.
struct Figures: Encodable {
    var name: String
    var count: Int
    var seconds: Double
    var perSecond: Double
    var refused = 0
    var p50: Int?
    var p99: Int?
    var max: Int?
    /// Of the erasure epoch, where a run moved it.
    var steps: Int?

    init(name: String, count: Int, seconds: Double, latencies: Latencies? = nil, refused: Int = 0) {
        self.name = name
        self.count = count
        self.seconds = (seconds * 1_000).rounded() / 1_000
        perSecond = (Double(count) / seconds).rounded()
        self.refused = refused
        p50 = latencies?.percentile(50)
        p99 = latencies?.percentile(99)
        max = latencies?.percentile(100)
    }

    func printLine() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(self), as: UTF8.self))
    }
}

/// Every latency of a run, in microseconds.
struct Latencies {
    private var values: [UInt32] = []

    mutating func add(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        values.append(UInt32(clamping: microseconds))
    }

    mutating func add(contentsOf other: Latencies) { values += other.values }

    var count: Int { values.count }

    func percentile(_ percent: Int) -> Int? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        return Int(sorted[Swift.min(sorted.count - 1, sorted.count * percent / 100)])
    }
}

struct LoadError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
