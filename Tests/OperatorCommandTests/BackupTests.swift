import Foundation
import Testing

@testable import chancery

/// What a backup holds, and what the list of one may make a restore do.
@Suite final class BackupTests {
    private let directory: String

    init() throws {
        directory = FileManager.default.temporaryDirectory.path + "/chbk-" + UUID().uuidString
        for part in ["/ledger", "/keys", "/target/ledger", "/target/keys"] {
            try FileManager.default.createDirectory(
                atPath: directory + part, withIntermediateDirectories: true)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func write(_ names: String...) throws {
        for name in names {
            try Data(name.utf8).write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
        }
    }

    static let files = [
        "trust.json", "keys/keystore.sqlite", "keys/root.sealed", "ledger/segment-00000001.sqlite",
        "ledger/segment-00000001.manifest", "ledger/segment-00000002.sqlite",
    ]

    private func taken() throws -> BackupManifest {
        for name in Self.files { try write(name) }
        try write("keys/lock", "keys/escrow-3", "escrow-3", "ledger/segment-00000002.sqlite-wal")
        return try BackupManifest.take(of: directory)
    }

    @Test func neitherEscrowNorLocksAreListed() throws {
        #expect(Set(try taken().files.map(\.path)) == Set(Self.files))
    }

    @Test func whatWasListedIsPutInPlaceAndNothingElse() throws {
        try taken().write(to: directory)
        let manifest = try BackupManifest.read(directory)
        #expect(try manifest == taken())
        try manifest.copy(from: directory, to: directory + "/target")
        let target = directory + "/target"
        let names = try ["", "keys/", "ledger/"].flatMap { part in
            try FileManager.default.contentsOfDirectory(atPath: target + "/" + part).map {
                part + $0
            }
        }
        #expect(Set(names) == Set(Self.files + ["keys", "ledger"]))
        let mode = { (name: String) in
            try FileManager.default.attributesOfItem(atPath: target + "/" + name)[.posixPermissions]
                as? Int
        }
        #expect(try mode("ledger/segment-00000001.sqlite") == 0o444)
        #expect(try mode("ledger/segment-00000002.sqlite") == 0o600)
        #expect(try mode("keys/root.sealed") == 0o600)
    }

    @Test(arguments: files) func aChangedFileIsNamed(name: String) throws {
        let manifest = try taken()
        try Data("other".utf8).write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
        let error = #expect(throws: OperatorError.self) {
            try manifest.copy(from: directory, to: directory + "/target")
        }
        #expect(error?.message.contains(name) == true)
    }

    /// The list is a file from anywhere.
    @Test(arguments: [
        "../keystore.sqlite", "/etc/passwd", "keys/../../x", "ledger/segment-0000001.sqlite",
        "ledger/segment-00000001.sqlite/../x", "ledger/segment-../../../.sqlite", "keys/lock", "",
        "pki/issuer.key", "ledger/segment-00000001.sqlite-wal",
    ])
    func aListThatLeadsElsewhereIsRefused(path: String) throws {
        let files =
            try taken().files + [BackupManifest.File(path: path, size: 1, sha256: "00")]
        try BackupManifest(made: "2026-11-26T00:00:00Z", files: files).write(to: directory)
        let error = #expect(throws: OperatorError.self) { _ = try BackupManifest.read(directory) }
        #expect(error?.code == .badInput)
    }

    @Test func aDirectoryWithoutAListIsNoBackup() {
        let error = #expect(throws: OperatorError.self) { _ = try BackupManifest.read(directory) }
        #expect(error?.code == .badInput)
    }
}
