import AccessControl
import Benchmark
import ContactModel

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput, .mallocCountTotal], scalingFactor: .kilo,
        maxDuration: .seconds(2))

    Benchmark("decision: MAC and 50 policies, facts at hand") { benchmark in
        let sample = try PolicySample()
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(sample.decide()) }
    }

    Benchmark("decision: MAC and 50 policies, facts made") { benchmark in
        let sample = try PolicySample()
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(try sample.decideAnew()) }
    }

    Benchmark("decision: MAC and 50 policies, all of them for any action") { benchmark in
        let sample = try PolicySample(unscoped: true)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(sample.decide()) }
    }

    Benchmark("default policy set, read") { benchmark in
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(try PolicySet(PolicySet.defaultText)) }
    }
}
