import Foundation
import GRDB
import Testing

@testable import KeyCustody

@Suite struct FirstStartTests {
    @Test func keysSurviveARestart() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let first = try await fixture.withKeeper { try await $0.publicKeys() }
        fixture.tpm.stop()
        try fixture.tpm.start()
        let second = try await fixture.withKeeper { try await $0.publicKeys() }
        #expect(first == second)
        #expect(first.origin == "chancery.test/g1")
        #expect(first.treeSize == 0)
        #expect(
            first.keys.map(\.use).sorted()
                == ["attestation", "checkpoint", "checkpoint", "receipt", "segment-manifest"])
        #expect(first.keys.allSatisfy { $0.fromSize == 0 && $0.untilSize == nil })
    }

    @Test func everyKeyOfTheHierarchyIsThere() async throws {
        let fixture = try await KeeperFixture.provisioned()
        #expect(try fixture.rows("SELECT count(*) FROM kek") == 8)
        for use in [
            "checkpoint", "published-checkpoint", "receipt", "segment-manifest", "data",
            "suppression",
            "ticket", "state",
        ] {
            #expect(try fixture.rows("SELECT count(*) FROM kek WHERE use = ?", [use]) == 1)
        }
        #expect(try fixture.rows("SELECT count(*) FROM shelf") == 1_024)
        #expect(try fixture.rows("SELECT count(*) FROM index_key WHERE field = 'email'") == 1)
        #expect(!FileManager.default.fileExists(atPath: fixture.keys + "/provisioning"))
    }

    @Test func onlyTheOwnerMayReadTheFiles() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            _ = try await keeper.sealed([.sample(Sample.tag)])
            for name in try FileManager.default.contentsOfDirectory(atPath: fixture.keys) {
                let path = "\(fixture.keys)/\(name)"
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
                #expect(mode as? Int == 0o600, "\(name)")
            }
        }
    }

    /// What a crash leaves at each step of the first start; see `Provisioner`.
    enum Leftover: String, CaseIterable, Sendable {
        case marker, markerAndTemporaryRoot, markerAndRoot, emptyKeystore, schemaOnly
    }

    @Test(arguments: Leftover.allCases)
    func crashedFirstStartBeginsAnew(leftover: Leftover) async throws {
        let fixture = try await KeeperFixture.empty()
        try Data().write(to: URL(fileURLWithPath: fixture.keys + "/provisioning"))
        let root = fixture.keys + "/root.sealed"
        switch leftover {
        case .marker: break
        case .markerAndTemporaryRoot:
            try Data([1]).write(to: URL(fileURLWithPath: root + ".tmp"))
        case .markerAndRoot:
            let blob = try await fixture.tpm.device().seal(.random(count: 32))
            try Data(blob.fileBytes).write(to: URL(fileURLWithPath: root))
        case .emptyKeystore:
            try Data([1]).write(to: URL(fileURLWithPath: root))
            try Data().write(to: URL(fileURLWithPath: fixture.keystorePath))
        case .schemaOnly:
            try Data([1]).write(to: URL(fileURLWithPath: root))
            try await Keystore.create(at: fixture.keystorePath).close()
        }
        let keys = try await fixture.withKeeper { try await $0.publicKeys() }
        #expect(keys.keys.count == 5)
        #expect(try await fixture.withKeeper { try await $0.publicKeys() } == keys)
    }

    @Test func crashAfterTheKeysWereDurableKeepsThem() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let before = try await fixture.withKeeper { try await $0.publicKeys() }
        let marker = fixture.keys + "/provisioning"
        try Data().write(to: URL(fileURLWithPath: marker))
        #expect(try await fixture.withKeeper { try await $0.publicKeys() } == before)
        #expect(!FileManager.default.fileExists(atPath: marker))
    }

    @Test(arguments: ["root.sealed", "keystore.sqlite"])
    func aMissingHalfIsNeverMadeAnew(name: String) async throws {
        let fixture = try await KeeperFixture.provisioned()
        try FileManager.default.removeItem(atPath: "\(fixture.keys)/\(name)")
        let before = try fixture.files().keys.filter { $0 != "lock" }.sorted()
        let error = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
        #expect(error?.code == .cannotStart)
        #expect(error?.message.contains("\(name) is missing") == true)
        #expect(try fixture.files().keys.filter { $0 != "lock" }.sorted() == before)
    }

    @Test func keystoreOfAnotherRootIsNamed() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let other = try await fixture.tpm.device().seal(.random(count: 64))
        try Data(other.fileBytes).write(to: URL(fileURLWithPath: fixture.keys + "/root.sealed"))
        let error = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
        #expect(error?.code == .cannotStart)
        #expect(error?.message.contains("belongs to another root") == true)
    }

    @Test func anotherTPMIsNamed() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let other = try SoftwareTPM.manufacture(in: fixture.home + "/other")
        try other.start()
        let error = await #expect(throws: KeyCustodyError.self) {
            _ = try await KeyCustodian.open(
                directory: fixture.keys, logName: KeeperFixture.logName, tpm: other.device())
        }
        #expect(error?.code == .cannotStart)
        #expect(error?.tpm?.code == .foreign)
        #expect(error?.description.contains("root.sealed cannot be unsealed") == true)
    }

    @Test func damagedSealedRootIsNamed() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try Data("not a root".utf8).write(
            to: URL(fileURLWithPath: fixture.keys + "/root.sealed"))
        let error = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
        #expect(error?.tpm?.code == .malformed)
    }

    @Test func absentTPMIsToldApart() async throws {
        let fixture = try await KeeperFixture.provisioned()
        fixture.tpm.stop()
        let error = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
        #expect(error?.tpm?.code == .absent)
    }

    @Test func theLogsNameIsFixed() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let error = await #expect(throws: KeyCustodyError.self) {
            _ = try await fixture.open(name: "other.test")
        }
        #expect(error?.message.contains("--name chancery.test") == true)
    }

    @Test(arguments: ["", "a b", "a+b", "A", "a/g1", "a\n"])
    func namesThatNoNoteCarriesAreRefused(name: String) async throws {
        let fixture = try await KeeperFixture.provisioned()
        await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open(name: name) }
    }

    @Test func aSecondKeeperIsRefused() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { _ in
            let error = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
            #expect(error?.message.contains("another keeper") == true)
        }
    }

    /// Every lasting key, its wrapped bytes and every column beside them.
    @Test(
        arguments: [
            "KEK-AUDIT", "KEK-DATA", "SUPPRESSION", "TICKET", "STATE", "chancery.test/g1",
            "TPM-CHECKPOINT", "KEK-API",
        ],
        [
            "wrapped = (SELECT wrapped FROM kek k WHERE k.name <> kek.name LIMIT 1)",
            "wrapped = zeroblob(60)", "serial = 2", "generation = 2", "algorithm = 'none'",
            "key_id = '00000000'", "public_key = zeroblob(32)", "from_size = 7",
        ])
    func aKeyRowOfWhichAnythingWasAlteredIsNamed(name: String, change: String) async throws {
        let fixture = try await KeeperFixture.provisioned()
        try fixture.tamper("UPDATE kek SET \(change) WHERE name = ?", [name])
        let error = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains(name) == true)
    }

    /// A key taken out of use, put to another use, or renamed: none of it is a start as usual.
    @Test(arguments: [
        "until_size = 1", "use = 'data'", "name = 'other.test/g1'", "use = 'unknown'",
    ])
    func theLogKeysRowCannotBeTurnedIntoAnother(change: String) async throws {
        let fixture = try await KeeperFixture.provisioned()
        try fixture.tamper("UPDATE kek SET \(change) WHERE use = 'checkpoint'")
        await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
    }

    @Test(arguments: ["epoch = epoch + 1", "log_name = 'other.test'"])
    func alteredMetaIsRefused(change: String) async throws {
        let fixture = try await KeeperFixture.provisioned()
        try fixture.tamper("UPDATE meta SET \(change)")
        for name in ["chancery.test", "other.test"] {
            let error = await #expect(throws: KeyCustodyError.self) {
                _ = try await fixture.open(name: name)
            }
            #expect(error?.code == .cannotStart)
        }
    }

    @Test func keysAndPlaintextStandInNoFile() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let tag = Sample.tag
        let email = "somebody.special@example.org"
        var needles: [String: [UInt8]] = ["plaintext": Array(email.utf8)]
        try await fixture.withKeeper { keeper in
            _ = try await keeper.sealed([.sample(tag, text: email)])
            _ = try await keeper.idempotency.tags(
                principal: "p", [IdempotencyInput(key: "retry-key-1", requestDigest: Sample.digest)]
            )
            needles["root"] = keeper.hierarchy.root.bytes
            needles["KEK-DATA"] = keeper.hierarchy.dataKEK.bytes
            needles["email index"] = keeper.hierarchy.indexKeys["email"]?.bytes
            needles["log key"] = Array(keeper.hierarchy.logKey.secret.bytes.prefix(32))
            needles["subject"] = keeper.hierarchy.subjects[tag].map(Sample.bytes)
            needles["day"] = keeper.hierarchy.dayKeys["DEK-20261123"].map(Sample.bytes)
            let audit = try #require(keeper.hierarchy.signing.auditKey(at: 1))
            needles["KEK-AUDIT"] = try KeyWrap.open(
                audit.wrapped, under: keeper.hierarchy.root.transientKey(), binding: audit.binding
            ) { Array($0.suffix(64)) }
            #expect(needles.count == 8)
            // while the write-ahead log is still there
            try Self.expect(try fixture.files(), lack: needles)
        }
        try Self.expect(try fixture.files(), lack: needles)
    }

    private static func expect(_ files: [String: Data], lack needles: [String: [UInt8]]) throws {
        #expect(files.keys.contains("keystore.sqlite"))
        for (file, bytes) in files {
            for (what, needle) in needles {
                #expect(bytes.range(of: Data(needle)) == nil, "\(what) in \(file)")
            }
        }
    }
}
