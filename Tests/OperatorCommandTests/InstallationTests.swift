import Foundation
import ProcessBoundary
import Testing

@testable import chancery

/// Installed or not, and what that decides.
@Suite final class InstallationTests {
    private let root: String

    init() throws {
        root = FileManager.default.temporaryDirectory.path + "/chin-" + UUID().uuidString.prefix(8)
        for part in ["/etc/chancery/tls", "/var/lib/chancery/pki", "/var/lib/chancery/keys"] {
            try FileManager.default.createDirectory(
                atPath: root + part, withIntermediateDirectories: true)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private func configure(_ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: root + "/etc/chancery/chancery.conf"))
    }

    private func installed() throws -> Installation {
        try Installation.of(programs: "/usr/lib/chancery", places: Appliance.Places(below: root))
    }

    private func home() throws -> Home {
        try Home(flag: root + "/var/lib/chancery", installation: installed())
    }

    @Test func whereTheProgramLiesDecides() throws {
        for directory in ["/usr/lib/chancery", "/usr/libexec/chancery"] {
            guard case .appliance = try Installation.of(programs: directory) else {
                Issue.record("\(directory) is no appliance")
                continue
            }
        }
        for directory in [
            "/usr/lib", "/usr/bin", "/home/me/chancery/.build/release", "/usr/lib/chancery2",
        ] {
            #expect(try Installation.of(programs: directory) == .development)
        }
    }

    @Test func theDataDirectoryIsTheAppliancesUnlessAnotherIsNamed() throws {
        let installed = try installed()
        let nothing = { (_: String) in String?.none }
        #expect(installed.home(flag: nil, environment: nothing).root == root + "/var/lib/chancery")
        #expect(installed.home(flag: "/a", environment: nothing).root == "/a")
        #expect(installed.home(flag: nil, environment: { _ in "/b" }).root == "/b")
        #expect(
            Installation.development.home(flag: nil, environment: nothing).root.hasSuffix("/var"))
        // Which no unit serves.
        #expect(try Home(flag: root + "/other", installation: installed).appliance == nil)
        #expect(try home().appliance != nil)
    }

    @Test func withoutAConfigurationItIsAsTheUnitsAre() throws {
        let home = try home()
        #expect(home.tcti == "device:/dev/tpmrm0")
        #expect(home.appliance?.device == "/dev/tpmrm0")
        #expect(home.appliance?.logName == "chancery.localhost")
        #expect(try Endpoint.base(flag: nil, home: home) == "https://localhost:8443")
        #expect(home.serverCertificate == root + "/etc/chancery/tls/server.pem")
        #expect(home.localIssuer == "chancery")
        #expect(try ExternalIssuer.read(home) == nil)
    }

    @Test func theConfigurationCounts() throws {
        try configure(
            """
            ISSUER="https://issuer.example"
            LOG_NAME=log.example
            PORT=9443
            TPM_TCTI=swtpm:path=/run/tpm.sock
            CA=/etc/ssl/site.pem
            """)
        let home = try home()
        #expect(home.tcti == "swtpm:path=/run/tpm.sock")
        #expect(home.appliance?.device == nil)
        #expect(home.appliance?.logName == "log.example")
        #expect(try Endpoint.base(flag: nil, home: home) == "https://localhost:9443")
        #expect(try Endpoint.base(flag: "https://a:1/", home: home) == "https://a:1")
        #expect(home.gatewayAuthority == "/etc/ssl/site.pem")
        #expect(try ExternalIssuer.read(home)?.name == "https://issuer.example")
        try configure("URL=https://audit.example:8443/\n")
        #expect(try Endpoint.base(flag: nil, home: try self.home()) == "https://audit.example:8443")
    }

    @Test(arguments: [("PORT=x\n", "PORT"), ("A=b\nISSUER chancery\n", "Line 2")])
    func aConfigurationThatCannotBeIsNamed(text: String, words: String) throws {
        try configure(text)
        let error = #expect(throws: OperatorError.self) { _ = try self.installed() }
        #expect(error?.message.contains(words) == true)
        #expect(error?.message.contains("chancery.conf") == true)
    }
}
