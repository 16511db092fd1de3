import AsyncHTTPClient
import Crypto
import Foundation
import Logging
import NIOSSL
import Testing

@testable import chancery_gateway

@Suite struct CertificateReloadTests {
    private static let keys = "/api/v1/keys"

    @Test func aRevokedCertificateEndsOnOpenConnectionsAndOnNewOnes() async throws {
        try await RunningGateway.run(authority: BoundAuthority()) { gateway in
            let identity = try gateway.pki.client("operator-1")
            let token = BoundAuthority.token(.operator, "operator-1", identity)
            try await gateway.with(identity) { client in
                let before = try await gateway.send(.GET, Self.keys, token: token, over: client)
                #expect(before.status == 200)
                try gateway.pki.publish(revoked: [identity])
                let after = try await gateway.send(.GET, Self.keys, token: token, over: client)
                #expect(after.status == 401, "\(after.body)")
            }
            await #expect(throws: (any Error).self) {
                try await gateway.with(identity) {
                    try await gateway.send(.GET, "/healthz", over: $0)
                }
            }
            try gateway.pki.publish()
            let again = try await gateway.with(identity) {
                try await gateway.send(.GET, Self.keys, token: token, over: $0).status
            }
            #expect(again == 200)
        }
    }

    @Test func aNewServerCertificateIsShownAndTheOldOneNoMore() async throws {
        try await RunningGateway.run { gateway in
            let other = try gateway.pki.stranger()
            try await gateway.expectService()
            try gateway.pki.issueServer(by: other)
            let trust = try TestPKI.trust(other)
            let status = try await gateway.with(nil, { $0.trustRoots = trust }) {
                try await gateway.send(.GET, "/healthz", over: $0).status
            }
            #expect(status == 200)
            await #expect(throws: (any Error).self) {
                try await gateway.with { try await gateway.send(.GET, "/healthz", over: $0) }
            }
        }
    }

    enum Damage: CaseIterable {
        case otherKey, halfWrittenKey, noKey, halfWrittenList, listOfAnother, noList, noAuthority
    }

    @Test(arguments: Damage.allCases)
    func whatCannotBeUsedLeavesTheOldInForce(damage: Damage) async throws {
        let pki = try TestPKI()
        let home = pki.home
        try await RunningGateway.run(pki: pki, authority: BoundAuthority()) { gateway in
            let identity = try pki.client("operator-1")
            let token = BoundAuthority.token(.operator, "operator-1", identity)
            switch damage {
            case .otherKey:
                try pki.write(P256.Signing.PrivateKey().pemRepresentation, home.serverKey)
            case .halfWrittenKey: try pki.halve(home.serverKey)
            case .noKey: try FileManager.default.removeItem(atPath: home.serverKey)
            case .halfWrittenList: try pki.halve(home.clientRevocations)
            case .listOfAnother: try pki.publish(by: try pki.stranger())
            case .noList: try FileManager.default.removeItem(atPath: home.clientRevocations)
            case .noAuthority: try pki.write("", home.clientAuthority)
            }
            for _ in 0..<2 {
                let status = try await gateway.with(identity) {
                    try await gateway.send(.GET, Self.keys, token: token, over: $0).status
                }
                #expect(status == 200)
            }
            let outdated = try await gateway.send(.GET, "/readyz")
            #expect(outdated.status == 200 && outdated.body.contains("\"outdated\""))
            #expect(!outdated.body.contains(home.root))
            try pki.issueServer()
            try pki.restoreClients()
            let status = try await gateway.with(identity) {
                try await gateway.send(.GET, Self.keys, token: token, over: $0).status
            }
            #expect(status == 200)
            let current = try await gateway.send(.GET, "/readyz")
            #expect(current.status == 200 && current.body.contains("\"current\""))
        }
    }

    /// The gateway does not start with what it would not take later.
    @Test func aRevocationListThatNobodySignedPreventsTheStart() throws {
        let pki = try TestPKI()
        try pki.publish(by: try pki.stranger())
        let logger = Logger(label: "gateway", factory: { _ in SwiftLogNoOpLogHandler() })
        #expect(throws: StartError.self) { try GatewayTLS(TLSFiles(pki.home), logger: logger) }
    }
}
