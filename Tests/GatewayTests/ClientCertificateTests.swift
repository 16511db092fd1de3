import AsyncHTTPClient
import Foundation
import NIOSSL
import Testing
import X509

@Suite struct ClientCertificateTests {
    private static let seal = "/api/v1/ledger/seal"
    private static let keys = "/api/v1/keys"

    @Test func olderTLSIsRefused() async throws {
        try await RunningGateway.run { gateway in
            try await gateway.expectService()
            await #expect(throws: (any Error).self) {
                try await gateway.with(nil, { $0.maximumTLSVersion = .tlsv12 }) {
                    try await gateway.send(.GET, "/healthz", over: $0)
                }
            }
        }
    }

    @Test func aCertificateThatCountsIsTakenAndNoneIsNeeded() async throws {
        try await RunningGateway.run { gateway in
            try await gateway.expectService()
            let status = try await gateway.with(try gateway.pki.client("operator-1")) {
                try await gateway.send(.GET, "/healthz", over: $0).status
            }
            #expect(status == 200)
        }
    }

    enum Fault: CaseIterable {
        case unknownAuthority, expired, meantForServers, meantForAnything, revoked,
            withoutPrincipal, emptyPrincipal
    }

    @Test(arguments: Fault.allCases)
    func aCertificateThatDoesNotCountEndsTheHandshake(fault: Fault) async throws {
        let pki = try TestPKI()
        let identity =
            switch fault {
            case .unknownAuthority: try pki.client("operator-1", by: try pki.stranger())
            case .expired: try pki.client("operator-1", lifetime: -60)
            case .meantForServers: try pki.client("operator-1", purpose: .serverAuth)
            case .meantForAnything: try pki.clientForAnything("operator-1")
            case .revoked: try pki.client("operator-1")
            case .withoutPrincipal: try pki.client("operator-1", uri: "urn:example:operator-1")
            case .emptyPrincipal: try pki.client("operator-1", uri: "urn:chancery:principal:")
            }
        if fault == .revoked { try pki.publish(revoked: [identity]) }
        try await RunningGateway.run(pki: pki) { gateway in
            await #expect(throws: (any Error).self) {
                try await gateway.with(identity) {
                    try await gateway.send(.GET, "/healthz", over: $0)
                }
            }
            try await gateway.expectService()
        }
    }

    /// Nobody knows what was revoked since; whoever shows no certificate is served all the same.
    @Test func anEndedRevocationListEndsAllCertificates() async throws {
        let pki = try TestPKI()
        try pki.publish(ends: -60)
        try await RunningGateway.run(pki: pki) { gateway in
            await #expect(throws: (any Error).self) {
                try await gateway.with(try pki.client("operator-1")) {
                    try await gateway.send(.GET, "/healthz", over: $0)
                }
            }
            let readiness = try await gateway.send(.GET, "/readyz")
            #expect(readiness.status == 200 && readiness.body.contains("revocations-ended"))
        }
    }

    @Test func aBoundTokenCountsBesideItsCertificateAlone() async throws {
        try await RunningGateway.run(authority: BoundAuthority()) { gateway in
            let own = try gateway.pki.client("operator-1")
            let another = try gateway.pki.client("operator-1")
            let token = BoundAuthority.token(.operator, "operator-1", own)
            let path = Self.keys
            let status = try await gateway.with(own) {
                try await gateway.send(.GET, path, token: token, over: $0).status
            }
            #expect(status == 200)
            let without = try await gateway.send(.GET, path, token: token)
            #expect(without.status == 401 && without.body.contains("certificate-mismatch"))
            let other = try await gateway.with(another) {
                try await gateway.send(.GET, path, token: token, over: $0)
            }
            #expect(other.status == 401 && other.body.contains("certificate-mismatch"))
        }
    }

    @Test func aTokenDoesNotCountBesideTheCertificateOfAnotherPrincipal() async throws {
        try await RunningGateway.run(authority: BoundAuthority()) { gateway in
            let token = BoundAuthority.token(.operator, "operator-2")
            let path = Self.keys
            let status = try await gateway.send(.GET, path, token: token).status
            #expect(status == 200)
            let answer = try await gateway.with(try gateway.pki.client("operator-1")) {
                try await gateway.send(.GET, path, token: token, over: $0)
            }
            #expect(answer.status == 401 && answer.body.contains("certificate-mismatch"))
        }
    }

    @Test func whatOperatorsDoNeedsABoundToken() async throws {
        let paths = [Self.seal, "/api/v1/ledger/clock-correction", Self.keys + "/data/rotate"]
        try await RunningGateway.run(authority: BoundAuthority(), operatorsNeedCertificates: true) {
            gateway in
            let identity = try gateway.pki.client("operator-1")
            for path in paths {
                let free = BoundAuthority.token(.operator, "operator-1")
                for answer in [
                    try await gateway.send(.POST, path, token: free),
                    try await gateway.with(identity) {
                        try await gateway.send(.POST, path, token: free, over: $0)
                    },
                ] {
                    #expect(answer.status == 401 && answer.body.contains("certificate-required"))
                }
                let bound = BoundAuthority.token(.operator, "operator-1", identity)
                let answer = try await gateway.with(identity) {
                    try await gateway.send(.POST, path, token: bound, over: $0)
                }
                #expect(answer.status == 200, "\(path): \(answer.body)")
            }
            let officer = BoundAuthority.token(.dpo, "officer-1")
            let relabel = "/api/v1/contacts/\(UUID().uuidString.lowercased())/relabel"
            let refused = try await gateway.send(.POST, relabel, token: officer)
            #expect(refused.status == 401 && refused.body.contains("certificate-required"))
            // Whoever does something else needs none.
            let auditor = BoundAuthority.token(.verifier, "auditor-1")
            let status = try await gateway.send(.GET, Self.keys, token: auditor).status
            #expect(status == 200)
        }
    }

    /// A proxy that ends TLS cannot vouch for a certificate: what it says in a header is nobody's proof.
    @Test(arguments: [
        "X-Forwarded-Client-Cert", "X-Client-Cert", "X-SSL-Client-Cert", "Client-Cert", "Forwarded",
        "X-Forwarded-Tls-Client-Cert", "SSL-Client-Cert", "X-SSL-Client-Verify",
    ])
    func aForwardedCertificateGivesNothing(header: String) async throws {
        try await RunningGateway.run(authority: BoundAuthority(), operatorsNeedCertificates: true) {
            gateway in
            let identity = try gateway.pki.client("operator-1")
            let encoded = identity.pem.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
            let value = try #require(encoded)
            for token in [
                BoundAuthority.token(.operator, "operator-1", identity),
                BoundAuthority.token(.operator, "operator-1"),
            ] {
                for value in [
                    value, "Cert=\"\(value)\";URI=urn:chancery:principal:operator-1", "SUCCESS",
                    ":" + Data(try identity.certificate.toDERBytes()).base64EncodedString() + ":",
                ] {
                    let answer = try await gateway.send(
                        .POST, Self.seal, token: token, headers: [header: value])
                    #expect(answer.status == 401)
                }
            }
        }
    }
}
