// swift-tools-version: 6.2
import PackageDescription

// A package of its own: what measures Chancery is no part of Chancery.
let package = Package(
    name: "chancery-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "chancery", path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // Drives the daemons as real processes, and the baselines beside them.
        .executableTarget(
            name: "chancery-load",
            dependencies: [
                .product(name: "AccessControl", package: "chancery"),
                .product(name: "ContactModel", package: "chancery"),
                .product(name: "ProcessBoundary", package: "chancery"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        // The libraries, in process: swift package benchmark
        .executableTarget(
            name: "LedgerFormatBenchmarks",
            dependencies: [
                .product(name: "LedgerFormat", package: "chancery"),
                .product(name: "Projections", package: "chancery"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/LedgerFormat",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .executableTarget(
            name: "AccessControlBenchmarks",
            dependencies: [
                .product(name: "AccessControl", package: "chancery"),
                .product(name: "ContactModel", package: "chancery"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/AccessControl",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ],
    swiftLanguageModes: [.v6]
)
