import Foundation
import Testing

@testable import chancery

/// Each planted fault of certificates, permissions, labels and backups is found and named.
@Suite struct DoctorFileTests {
    let fixture: DoctorHome
    var home: Home { fixture.home }

    init() throws { fixture = try DoctorHome() }

    // MARK: Certificates

    private func certificates(after days: Double = 0) async -> [Finding] {
        await CertificatesCheck.gather(fixture.patient(now: Date() + days * 86_400)).findings
    }

    @Test func newCertificatesAreWell() async {
        let findings = await certificates()
        #expect(findings.allSatisfy { $0.severity == .ok }, "\(findings)")
        #expect(findings["certificates.server.names"]?.found.contains("::1") == true)
    }

    @Test func certificatesThatEndAreNamed() async {
        let soon = await certificates(after: 80)
        let ended = await certificates(after: 100)
        for thing in ["server", "operator", "administrator", "revocations"] {
            #expect(soon["certificates." + thing]?.severity == .warning, "\(thing)")
            #expect(ended["certificates." + thing]?.severity == .error, "\(thing)")
        }
        #expect(ended["certificates.client-authorities"]?.severity == .ok)
        let early = await certificates(after: -2)
        #expect(early["certificates.server"]?.severity == .error)
    }

    @Test func aKeyThatDoesNotFitIsNamed() async throws {
        try Files.write(try Files.readText(home.authorityKey).utf8, to: home.serverKey)
        unlink(Caller.operator.identity(home).key)
        let findings = await certificates()
        #expect(
            findings.faults == [
                "certificates.server.key": .error, "certificates.operator.key": .error,
            ])
    }

    @Test func missingAndDamagedFilesAreNamed() async throws {
        unlink(home.serverCertificate)
        unlink(home.clientRevocations)
        unlink(home.issuerKeySet)
        #expect(
            await certificates().faults == [
                "certificates.server": .error, "certificates.revocations": .error,
                "certificates.issuer": .error,
            ])
        try Files.write("{}".utf8, to: home.issuerKeySet)
        try Files.write("nothing".utf8, to: home.serverCertificate)
        let damaged = await certificates()
        #expect(damaged["certificates.issuer"]?.severity == .error)
        #expect(damaged["certificates.server"]?.severity == .error)
        try Files.write("nothing".utf8, to: home.clientRevocations)
        #expect(await certificates()["certificates.revocations"]?.severity == .error)
    }

    @Test func aCertificateOfAnotherHostIsNamed() async throws {
        let operatorsOwn = try Files.readText(Caller.operator.identity(home).certificate)
        try Files.write(operatorsOwn.utf8, to: home.serverCertificate)
        #expect(await certificates()["certificates.server.names"]?.severity == .error)
    }

    // MARK: Permissions

    private func permissions() async -> [Finding] {
        await PermissionsCheck.gather(fixture.patient()).findings
    }

    @Test func whatOneUserAloneOwnsIsWell() async throws {
        try fixture.write([1], to: "keys/root.sealed")
        let findings = await permissions()
        #expect(findings.faults.isEmpty, "\(findings)")
        #expect(findings["permissions.keys"]?.severity == .ok)
    }

    @Test(
        arguments: [
            ("/ledger", 0o777, "permissions.ledger"), ("/views", 0o750, "permissions.ledger"),
            ("/keys", 0o755, "permissions.keys"), ("/keys/root.sealed", 0o640, "permissions.keys"),
            ("/pki/ca.key", 0o644, "permissions.pki-keys"),
            ("/pki/jwks.json", 0o666, "permissions.pki-files"),
            ("/run", 0o711, "permissions.run"), ("/trust.json", 0o666, "permissions.trust-file"),
            ("", 0o777, "permissions.data-directory"),
        ] as [(String, mode_t, String)])
    func whatOthersMayIsNamed(path: String, mode: mode_t, name: String) async throws {
        try fixture.write([1], to: "keys/root.sealed")
        try fixture.write([1], to: "trust.json")
        #expect(chmod(home.root + path, mode) == 0)
        let findings = await permissions()
        #expect(findings.faults == [name: .error], "\(findings)")
        #expect(findings[name]?.found.contains(home.root + path) == true)
        #expect(findings[name]?.advice?.contains("chmod ") == true)
    }

    @Test(.enabled(if: geteuid() == 0, "root alone can give files away"))
    func whatBelongsToSomebodyElseIsNamed() async throws {
        #expect(chown(home.ledger, 65_534, 65_534) == 0)
        let findings = await permissions()
        #expect(findings.faults == ["permissions.ledger": .error])
        #expect(findings["permissions.ledger"]?.advice?.contains("chown") == true)
    }

    @Test func aDirectoryAboveThatEverybodyWritesIsNamed() async throws {
        let inner = home.root + "/above/var"
        try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
        #expect(chmod(home.root + "/above", 0o777) == 0)
        let patient = fixture.patient()
        let moved = Patient(
            home: try Home(flag: inner), base: patient.base, isInstalled: false, backups: [],
            tpmArguments: [], status: patient.status, now: patient.now, begin: patient.begin)
        let findings = await PermissionsCheck.gather(moved).findings
        #expect(findings["permissions.above"]?.severity == .error)
        #expect(chmod(home.root + "/above", 0o1777) == 0)
        #expect(
            await PermissionsCheck.gather(moved).findings["permissions.above"]?.severity == .ok)
    }

    // MARK: Labels

    private func labels(
        _ changed: [String: Sight<String>] = [:], isEnforcing: Bool = true, hasModule: Bool? = true,
        isLocked: Bool? = true
    ) async -> [Finding] {
        let rules = LabelRules(home: home)
        let types = Dictionary(
            rules.files.map { ($0.path, $0.type) }, uniquingKeysWith: { first, _ in first })
        return await LabelsCheck.gather(
            fixture.patient(
                processes: DoctorHome.processes.map {
                    DoctorHome.process($0.name, pid: nil, ready: true)
                }, isInstalled: true),
            selinux: .init(isEnforcing: isEnforcing, hasModule: hasModule, isLocked: isLocked)
        ) { path in
            changed[path] ?? .seen("system_u:object_r:\(types[path] ?? LabelRules.sealedType):s0")
        }.findings
    }

    @Test func rightLabelsAreWell() async {
        let findings = await labels()
        #expect(findings.faults.isEmpty, "\(findings)")
        #expect(findings["labels.files"]?.severity == .ok)
    }

    @Test func aWrongLabelIsNamed() async {
        let path = home.keys
        let wrong = await labels([path: .seen("system_u:object_r:var_lib_t:s0")])
        #expect(wrong.faults == ["labels.files": .error])
        #expect(
            wrong["labels.files"]?.found.contains("\(path) is system_u:object_r:var_lib_t:s0")
                == true)
        #expect(wrong["labels.files"]?.advice == "restorecon -RFv \(path)")
        let none = await labels([path: .seen("")])
        #expect(none.faults == ["labels.files": .error])
        let hidden = await labels([path: .hidden("may not be read")])
        #expect(hidden["labels.files"]?.severity == .notChecked)
    }

    @Test func aSealedSegmentThatIsNotLabelledSoIsNamed() async throws {
        for name in ["segment-00000001.sqlite", "segment-00000001.manifest"] {
            try fixture.write([1], to: "ledger/" + name, mode: 0o444)
        }
        #expect(await labels()["labels.sealed"]?.severity == .ok)
        let path = home.ledger + "/segment-00000001.sqlite"
        let wrong = await labels([path: .seen("system_u:object_r:contact_enrichment_ledger_t:s0")])
        #expect(wrong["labels.sealed"]?.severity == .error)
        // A test's file is not immutable.
        #expect(wrong["labels.immutable"]?.severity == .error)
    }

    @Test func aMachineThatDoesNotEnforceIsNamed() async {
        #expect(await labels(isEnforcing: false).faults == ["labels.enforcing": .error])
        #expect(await labels(hasModule: false).faults == ["labels.module": .error])
        #expect(await labels(isLocked: false).faults == ["labels.locked": .warning])
        #expect(await labels(hasModule: nil)["labels.module"]?.severity == .notChecked)
    }

    /// `contact_enrichment.fc`, the last line that matches, as `restorecon` reads it.
    @Test func typesAreThoseOfTheModule() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appendingPathComponent("selinux/contact_enrichment.fc"),
            encoding: .utf8)
        let rules = try text.split(separator: "\n").filter { $0.hasPrefix("/") }.map { line in
            let fields = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
            let pattern = try NSRegularExpression(pattern: "^\(fields[0])$")
            let type = line.firstMatch(of: /object_r:([a-z_]+),/).map { String($0.1) }
            return (pattern, type)
        }
        let data = LabelRules.data.map { ("/var/lib/chancery" + $0.path, $0.type) }
        for (path, type) in LabelRules.programs.map({ ($0.path, $0.type) }) + data {
            let range = NSRange(path.startIndex..., in: path)
            let matches = rules.filter { $0.0.firstMatch(in: path, range: range) != nil }
            #expect(matches.contains { $0.1 == type }, "\(path)")
            // The more specific lines stand behind the general ones.
            #expect(matches.last?.1 == type, "\(path)")
        }
    }

    // MARK: Backups

    /// - Returns: where it is.
    private func backup(_ name: String, root: String = "root", age: TimeInterval = 60) throws
        -> String
    {
        let directory = home.root + "/backups/" + name
        for part in ["/keys", "/ledger"] { try Files.makePrivateDirectory(directory + part) }
        for (file, text) in [
            ("trust.json", "{}"), ("keys/keystore.sqlite", "store"), ("keys/root.sealed", root),
            ("ledger/segment-00000001.sqlite", "entries"),
        ] {
            try Files.write(text.utf8, to: directory + "/" + file)
        }
        let taken = try BackupManifest.take(of: directory)
        try BackupManifest(made: (Date() - age).formatted(.iso8601), files: taken.files)
            .write(to: directory)
        return directory
    }

    private func backups() async throws -> [Finding] {
        try fixture.write([1], to: "ledger/segment-00000001.sqlite")
        try fixture.write("root".utf8, to: "keys/root.sealed")
        return await BackupsCheck.gather(fixture.patient(backups: [home.root + "/backups"]))
            .findings
    }

    @Test func aYoungAndWholeBackupIsWell() async throws {
        _ = try backup("monday")
        let findings = try await backups()
        #expect(findings.allSatisfy { $0.severity == .ok }, "\(findings)")
    }

    @Test func noBackupAtAllIsNamed() async throws {
        #expect(try await backups().faults == ["backups.newest": .error])
        try Files.makePrivateDirectory(home.root + "/backups")
        #expect(try await backups().faults == ["backups.newest": .error])
        #expect(
            await BackupsCheck.gather(fixture.patient()).findings["backups.newest"]?.severity
                == .noneHere)
    }

    @Test func anOldBackupIsNamed() async throws {
        _ = try backup("a", age: 40 * 86_400)
        #expect(try await backups().faults == ["backups.newest": .error])
        _ = try backup("b", age: 2 * 86_400)
        #expect(try await backups().faults == ["backups.newest": .warning])
        _ = try backup("c", age: 3_600)
        #expect(try await backups().faults.isEmpty)
    }

    @Test func aDamagedBackupIsNamed() async throws {
        let path = try backup("a")
        try Files.write("strange".utf8, to: path + "/ledger/segment-00000001.sqlite")
        let changed = try await backups()
        #expect(changed.faults == ["backups.whole": .error])
        #expect(changed["backups.whole"]?.found.contains("segment-00000001.sqlite") == true)
        unlink(path + "/keys/keystore.sqlite")
        #expect(try await backups().faults == ["backups.whole": .error])
        try Files.write("{\"format\":".utf8, to: path + "/backup.json")
        #expect(try await backups().faults == ["backups.newest": .error])
        _ = try backup("b")
        #expect(try await backups().faults == ["backups.others": .warning])
    }

    @Test func aBackupFromBeforeAnErasureIsNamed() async throws {
        _ = try backup("a", root: "root of the epoch before")
        let findings = try await backups()
        #expect(findings.faults == ["backups.keys": .error])
        #expect(findings["backups.keys"]?.advice?.hasPrefix("chancery backup --to ") == true)
    }
}
