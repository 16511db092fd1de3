// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours builds with warnings as errors; dependencies keep their own settings.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let arguments: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")

let package = Package(
    name: "chancery",
    products: [
        .executable(name: "chancery", targets: ["chancery"]),
        .executable(name: "chancery-gateway", targets: ["chancery-gateway"]),
        .executable(name: "chancery-ledger", targets: ["chancery-ledger"]),
        .executable(name: "chancery-keeper", targets: ["chancery-keeper"]),
        .executable(name: "chancery-verify", targets: ["chancery-verify"]),
        // For Benchmarks/, a package of its own.
        .library(name: "AccessControl", targets: ["AccessControl"]),
        .library(name: "ContactModel", targets: ["ContactModel"]),
        .library(name: "LedgerFormat", targets: ["LedgerFormat"]),
        .library(name: "ProcessBoundary", targets: ["ProcessBoundary"]),
        .library(name: "Projections", targets: ["Projections"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-http-structured-headers", from: "1.7.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C: system libraries, one module map each
        .systemLibrary(
            name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(
            name: "CGFShare", pkgConfig: "libgfshare", providers: [.apt(["libgfshare-dev"])]),
        .systemLibrary(
            name: "CTSS2", pkgConfig: "tss2-esys", providers: [.apt(["libtss2-dev"])]),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CIDN2", pkgConfig: "libidn2", providers: [.apt(["libidn2-dev"])]),
        .systemLibrary(name: "CLinux"),

        // L0: values and formats, no I/O
        .target(name: "ContactModel", dependencies: ["CIDN2"], swiftSettings: strict),
        .target(
            name: "LedgerFormat", dependencies: ["CSodium", crypto, cryptoExtras],
            exclude: ["FORMAT.md"], swiftSettings: strict),

        // L1
        .target(
            name: "ProcessBoundary",
            dependencies: ["CLinux", "ContactModel"] + nio + [protobuf, logging],
            exclude: ["Protos"], swiftSettings: strict),

        // L2
        .target(
            name: "AccessControl",
            dependencies: [
                "ContactModel", "ProcessBoundary", crypto,
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "X509", package: "swift-certificates"),
                .product(
                    name: "RawStructuredFieldValues", package: "swift-http-structured-headers"),
            ],
            resources: [.embedInCode("Policy/default.cedar")],
            swiftSettings: strict),
        .target(
            name: "KeyCustody",
            dependencies: [
                "CSodium", "CTSS2", "CGFShare", "COpenSSL", "LedgerFormat", "ContactModel",
                "ProcessBoundary",
                crypto, cryptoExtras, grdb,
            ],
            swiftSettings: strict),
        .target(
            name: "LedgerVerification",
            dependencies: [
                "LedgerFormat", crypto, .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),

        // L3
        .target(
            name: "Projections",
            dependencies: [
                "ContactModel", "LedgerFormat", grdb,
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),

        // L4
        .target(
            name: "LedgerStore",
            dependencies: [
                "CLinux", "ContactModel", "LedgerFormat", "ProcessBoundary", "LedgerVerification",
                "Projections", crypto, grdb, logging,
            ],
            swiftSettings: strict),

        // L5
        .target(
            name: "ContactServices",
            dependencies: [
                "ContactModel", "LedgerFormat", "ProcessBoundary", "AccessControl", crypto,
            ],
            swiftSettings: strict),

        // L6
        .target(
            name: "PublicAPI",
            dependencies: [
                "ContactModel", "LedgerFormat", "ProcessBoundary", "AccessControl",
                "ContactServices",
                hummingbird, httpTypes, logging, .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ],
            swiftSettings: strict),

        // L7: executables
        .executableTarget(
            name: "chancery",
            dependencies: [
                "CLinux", "ContactModel", "LedgerFormat", "ProcessBoundary", "AccessControl",
                arguments, crypto,
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ] + nio,
            swiftSettings: strict),
        .executableTarget(
            name: "chancery-gateway",
            dependencies: [
                "COpenSSL", "ContactModel", "ProcessBoundary", "AccessControl", "ContactServices",
                "PublicAPI", arguments, crypto, hummingbird, logging,
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ] + nio,
            swiftSettings: strict),
        .executableTarget(
            name: "chancery-ledger",
            dependencies: [
                "ContactModel", "LedgerFormat", "ProcessBoundary", "AccessControl",
                "LedgerVerification", "Projections", "LedgerStore", arguments, crypto, grdb,
                logging,
            ] + nio,
            swiftSettings: strict),
        .executableTarget(
            name: "chancery-keeper",
            dependencies: [
                "ContactModel", "LedgerFormat", "ProcessBoundary", "AccessControl", "KeyCustody",
                arguments,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "chancery-verify",
            dependencies: [
                "LedgerFormat", "LedgerVerification", arguments,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),

        // Tests: one target per module; processes and architecture have their own
        // What tests of several modules share.
        .target(
            name: "TestSupport",
            dependencies: [
                "LedgerFormat", crypto, grdb, .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ] + nio,
            path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(
            name: "ContactModelTests", dependencies: ["ContactModel"], swiftSettings: strict),
        .testTarget(
            name: "LedgerFormatTests",
            dependencies: ["LedgerFormat", "TestSupport", crypto, cryptoExtras],
            swiftSettings: strict),
        .testTarget(
            name: "ProcessBoundaryTests",
            dependencies: [
                "ProcessBoundary", "ContactModel", "CLinux", "TestSupport", protobuf, logging,
            ] + nio,
            swiftSettings: strict),
        .testTarget(
            name: "AccessControlTests",
            dependencies: [
                "AccessControl", "ContactModel", "ContactServices", "ProcessBoundary", crypto,
                cryptoExtras, "TestSupport",
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "KeyCustodyTests",
            dependencies: [
                "KeyCustody", "CTSS2", "CLinux", "LedgerFormat", "ContactModel", "TestSupport",
                crypto,
                cryptoExtras, grdb,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LedgerVerificationTests",
            dependencies: [
                "LedgerVerification", "LedgerFormat", "chancery-verify", "TestSupport", crypto,
                cryptoExtras, grdb,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ProjectionsTests",
            dependencies: ["Projections", "ContactModel", "LedgerFormat", grdb],
            swiftSettings: strict),
        .testTarget(
            name: "LedgerStoreTests",
            dependencies: [
                "LedgerStore", "LedgerVerification", "Projections", "ContactModel", "LedgerFormat",
                "TestSupport", crypto, cryptoExtras, grdb,
            ],
            swiftSettings: strict),
        .target(
            name: "ServiceFakes",
            dependencies: [
                "AccessControl", "ContactServices", "ContactModel", "LedgerFormat",
                "ProcessBoundary",
                "TestSupport",
                crypto,
            ],
            path: "Tests/ServiceFakes", swiftSettings: strict),
        .testTarget(
            name: "ContactServicesTests",
            dependencies: [
                "ContactServices", "ContactModel", "ProcessBoundary", "AccessControl",
                "ServiceFakes",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PublicAPITests",
            dependencies: [
                "PublicAPI", "ContactModel", "ContactServices", "ProcessBoundary", "AccessControl",
                "ServiceFakes",
                hummingbird, httpTypes, logging,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "chancery", "chancery-gateway", "AccessControl", "ContactModel", "ContactServices",
                "ProcessBoundary", "PublicAPI", "ServiceFakes", crypto, logging,
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "OperatorCommandTests",
            dependencies: [
                "chancery", "AccessControl", "LedgerFormat", "LedgerStore", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
        .testTarget(
            name: "ProcessTests",
            dependencies: [
                "CLinux", "ContactModel", "ProcessBoundary", "TestSupport", grdb, crypto,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
