import Foundation
import ProcessBoundary
import Testing

@testable import chancery

/// What a verb of keeper or ledger is handed on an appliance, and what comes back. Giving files away is root's.
@Suite(.enabled(if: geteuid() == 0)) final class HandoverTests {
    private let root: String

    init() throws {
        root = FileManager.default.temporaryDirectory.path + "/chho-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(
            atPath: root + "/mine", withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private func handover(_ name: String = "command-of-x-1-2") throws -> Handover {
        try Handover(root + "/" + name, user: .root)
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    private func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func whatItReadsIsACopyOfItsOwn() throws {
        try write("signed", to: root + "/mine/policy")
        var handover = try handover()
        #expect(try handover.take("--policy") == "--policy")
        let there = try handover.take(.input(root + "/mine/policy"))
        #expect(there.hasPrefix(handover.files + "/"))
        #expect(text(there) == "signed")
        #expect(try mode(there) == 0o400)
        #expect(try mode(handover.files) == 0o700)
        #expect(throws: OperatorError.self) { try handover.take(.input(self.root + "/none")) }
    }

    @Test func whatItWritesComesBackAndNothingElse() throws {
        var handover = try handover()
        let trust = try handover.take(.output(root + "/mine/trust.json"))
        let evidence = try handover.take(.output(root + "/mine/trust.json.enrollment"))
        #expect(trust != evidence)
        try write("trust", to: trust)
        try write("more", to: handover.files + "/more")
        try handover.fetch()
        #expect(text(root + "/mine/trust.json") == "trust")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: root + "/mine") == ["trust.json"])
        handover.discard()
        #expect(!FileManager.default.fileExists(atPath: handover.path))
    }

    /// Two files of one name do not meet.
    @Test func aDirectoryIsMountedWhereItSeesIt() throws {
        var handover = try handover()
        let first = try handover.take(.directory("/a/keys"))
        let second = try handover.take(.file("drawn", in: "/b/keys"))
        #expect(handover.mounts.map(\.source) == ["/a/keys", "/b/keys"])
        #expect(handover.mounts.first?.target == first)
        #expect(second == (handover.mounts.last?.target ?? "") + "/drawn")
        #expect(first != handover.mounts.last?.target)
    }

    /// Keys of holders may be among it.
    @Test func whatAKilledCommandLeftIsRemoved() throws {
        _ = try handover("command-of-chancery-keeper-\(getpid())-7")
        _ = try handover("command-of-chancery-keeper-999999999-7")
        Handover.discardAbandoned(in: root)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: root).sorted()
                == ["command-of-chancery-keeper-\(getpid())-7", "mine"])
    }

    @Test func itsWordsNameTheOperatorsFiles() throws {
        let pipe = Pipe()
        try write("", to: root + "/out")
        var followed = FollowedFile(
            root + "/out", to: pipe.fileHandleForWriting,
            names: [("/run/x/files/0-out-trust.json", "/root/trust.json")])
        try write("trust file: /run/x/fi", to: root + "/out")
        followed.forward(isLast: false)
        try write("trust file: /run/x/files/0-out-trust.json\nend", to: root + "/out")
        followed.forward(isLast: false)
        followed.forward(isLast: true)
        try pipe.fileHandleForWriting.close()
        let said = try #require(try pipe.fileHandleForReading.readToEnd())
        #expect(String(decoding: said, as: UTF8.self) == "trust file: /root/trust.json\nend")
    }

    @Test func anInterruptedRestoreGoesOnWithTheRest() throws {
        for part in ["keys", "ledger", "staging/keys", "staging/ledger"] {
            try FileManager.default.createDirectory(
                atPath: root + "/" + part, withIntermediateDirectories: true)
        }
        // As after a try that ended between the two.
        try write("root", to: root + "/keys/root.sealed")
        try write("new", to: root + "/keys/policy-0123456789abcdef")
        try write("store", to: root + "/staging/keys/keystore.sqlite")
        try write("old", to: root + "/staging/ledger/segment-00000001.sqlite")
        let files = RestoredFiles(
            staging: root + "/staging", keys: root + "/keys", ledger: root + "/ledger")
        try files.move()
        try files.move()
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: root + "/keys").sorted() == [
                "keystore.sqlite", "policy-0123456789abcdef", "root.sealed",
            ])
        #expect(text(root + "/ledger/segment-00000001.sqlite") == "old")

        // What is there by now is somebody's: nothing is put in its place.
        try FileManager.default.createDirectory(
            atPath: root + "/staging/keys", withIntermediateDirectories: true)
        try Files.write("planted".utf8, to: root + "/staging/keys/root.sealed")
        let before = text(root + "/keys/root.sealed")
        #expect(throws: OperatorError.self) { try files.move() }
        #expect(text(root + "/keys/root.sealed") == before)
    }
}
