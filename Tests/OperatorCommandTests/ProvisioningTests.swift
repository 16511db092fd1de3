import Foundation
import ProcessBoundary
import Testing
import X509

@testable import chancery

/// The steps of `chancery provision` that need neither systemd nor a TPM, below a root of their own.
@Suite final class ProvisioningTests {
    private let root: String
    private let lines = Lines()

    private final class Lines { var all: [String] = [] }

    init() throws {
        root = FileManager.default.temporaryDirectory.path + "/chpv-" + UUID().uuidString.prefix(8)
        for part in ["/etc/chancery/tls", "/var/lib/chancery/pki", "/var/lib/chancery/keys"] {
            try FileManager.default.createDirectory(
                atPath: root + part, withIntermediateDirectories: true)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private func provisioning() throws -> Provisioning {
        let home = try Home(
            flag: root + "/var/lib/chancery",
            installation: try Installation.of(
                programs: "/usr/lib/chancery", places: Appliance.Places(below: root)))
        let appliance = try #require(home.appliance)
        let lines = lines
        return Provisioning(home: home, appliance: appliance) { lines.all.append($0) }
    }

    private func names() throws -> ServerNames {
        ServerNames(of: try DevelopmentPKI(home: provisioning().home).server())
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: root + path)[.posixPermissions] as? Int
    }

    @Test func everythingIsMadeOnce() throws {
        try provisioning().makeCertificates(names: ["audit.example", "192.0.2.7"])
        try provisioning().makeIssuer()
        let before = try contents()
        lines.all = []
        try provisioning().makeCertificates(names: [])
        try provisioning().makeIssuer()
        #expect(try contents() == before)
        #expect(lines.all.contains { $0.hasPrefix("server certificate: kept") })
        #expect(lines.all.contains { $0.hasSuffix("found") })
    }

    private func contents() throws -> [String: Data] {
        var result: [String: Data] = [:]
        for directory in ["/etc/chancery/tls", "/var/lib/chancery/pki"] {
            for name in try FileManager.default.contentsOfDirectory(atPath: root + directory) {
                result[directory + "/" + name] = FileManager.default.contents(
                    atPath: "\(root)\(directory)/\(name)")
            }
        }
        return result
    }

    @Test func daemonsReadWhatIsPublicAndRootAloneTheRest() throws {
        try provisioning().makeCertificates(names: [])
        try provisioning().makeIssuer()
        for name in ["ca.pem", "client-ca.pem", "client-crl.pem", "jwks.json", "operator.pem"] {
            #expect(try mode("/var/lib/chancery/pki/" + name) == 0o644, "\(name)")
        }
        for name in ["ca.key", "client-ca.key", "issuer.key", "operator.key", "administrator.key"] {
            #expect(try mode("/var/lib/chancery/pki/" + name) == 0o600, "\(name)")
        }
        #expect(try mode("/etc/chancery/tls/server.key") == 0o600)
    }

    @Test func aNameMoreIsANewCertificateWithTheNamesOfBefore() throws {
        try provisioning().makeCertificates(names: ["audit.example"])
        #expect(try names().covers(try ServerNames(["audit.example", "127.0.0.1"])))
        try provisioning().makeCertificates(names: ["2001:db8::7"])
        #expect(try names().covers(try ServerNames(["audit.example", "2001:db8::7", "localhost"])))
    }

    @Test func aCertificateOfTheSitesOwnStays() throws {
        try provisioning().makeCertificates(names: [])
        // As if another authority had signed it.
        for name in ["ca.pem", "ca.key"] {
            try FileManager.default.removeItem(atPath: root + "/var/lib/chancery/pki/" + name)
        }
        let before = FileManager.default.contents(atPath: root + "/etc/chancery/tls/server.pem")
        try provisioning().makeCertificates(names: [])
        #expect(
            FileManager.default.contents(atPath: root + "/etc/chancery/tls/server.pem") == before)
        #expect(try provisioning().home.gatewayAuthority == nil)
        #expect(lines.all.contains { $0.contains("your own") })
        let error = #expect(throws: OperatorError.self) {
            try self.provisioning().makeCertificates(names: ["audit.example"])
        }
        #expect(error?.code == .badInput)
        try FileManager.default.removeItem(atPath: root + "/etc/chancery/tls/server.key")
        #expect(throws: OperatorError.self) {
            try self.provisioning().makeCertificates(names: [])
        }
    }

    @Test(arguments: ["-a.example", "a..b", "a b", "https://a", "a_b", "", "*.example"])
    func whatIsNoNameIsRefused(name: String) {
        #expect(throws: OperatorError.self) { try ServerNames([name]) }
    }

    @Test func tokensOfTheLocalIssuerSayWhatTheUnitsBelieve() async throws {
        try provisioning().makeIssuer()
        let home = try provisioning().home
        let token = try await TokenRequest(subject: "a", roles: ["verifier"]).issue(from: home)
        let part = String(token.split(separator: ".")[1])
        let padded = part.replacingOccurrences(of: "-", with: "+")
            .replacingOccurrences(of: "_", with: "/")
        let claims = try #require(
            Data(base64Encoded: padded + String(repeating: "=", count: -padded.count & 3)))
        #expect(String(decoding: claims, as: UTF8.self).contains(#""iss":"chancery""#))
    }

    @Test func anotherIssuerNeedsItsKeysAndSignsNothingHere() async throws {
        try Data("ISSUER=https://issuer.example\n".utf8).write(
            to: URL(fileURLWithPath: root + "/etc/chancery/chancery.conf"))
        let provisioning = try provisioning()
        #expect(throws: OperatorError.self) { try provisioning.makeIssuer() }
        try Data(#"{"keys":[]}"#.utf8).write(
            to: URL(fileURLWithPath: provisioning.home.issuerKeySet))
        try provisioning.makeIssuer()
        #expect(!FileManager.default.fileExists(atPath: provisioning.home.issuerKey))
        let request = try TokenRequest(subject: "a", roles: ["verifier"])
        await #expect(throws: OperatorError.self) {
            _ = try await request.issue(from: provisioning.home)
        }
    }

    @Test func theNameOfTheLogIsSetOnce() throws {
        let file = root + "/etc/chancery/chancery.conf"
        try Data("PORT=8443".utf8).write(to: URL(fileURLWithPath: file))
        try provisioning().fixLogName("audit.example")
        #expect(
            String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
                == "PORT=8443\nLOG_NAME=audit.example\n")
        try provisioning().fixLogName("audit.example")
        try provisioning().fixLogName(nil)
        #expect(throws: OperatorError.self) { try self.provisioning().fixLogName("other.example") }
    }

    @Test(arguments: ["", "a b", "a\"", "a$b", "ü"]) func noLogHasThatName(name: String) {
        #expect(throws: OperatorError.self) { try self.provisioning().fixLogName(name) }
    }

    /// Without a policy there is nothing to seal the keys to.
    @Test func keysNeedAnApprovalOrAreThere() throws {
        #expect(try !provisioning().hasApproval(nil))
        #expect(try provisioning().hasApproval("/a/policy"))
        let keys = root + "/var/lib/chancery/keys/"
        try Data().write(to: URL(fileURLWithPath: keys + "policy-half-written"))
        #expect(try !provisioning().hasApproval(nil))
        try Data().write(to: URL(fileURLWithPath: keys + "policy-0123456789abcdef"))
        #expect(try provisioning().hasApproval(nil))
    }
}
