import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

/// k of n open an escrow, fewer do not, and whatever was altered is found and said.
@Suite final class EscrowFileTests {
    let directory: String
    let keys: [RecoveryKey]
    let root = SecretBytes.random(count: 32)

    init() throws {
        directory = try KeeperFixture.makeDirectory()
        keys = try RecoveryKey.sample(5, in: directory)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func escrow(threshold: Int = 3) throws -> EscrowFile {
        let stamp = EscrowStamp(
            logName: "chancery.test", generation: 1, epoch: 7, treeSize: 42, issued: .earliest,
            keystore: .zero, threshold: threshold, holders: keys.map(\.publicKey))
        return try EscrowFile(parsing: EscrowFile(root, stamp).bytes())
    }

    private func equal(_ left: SecretBytes, _ right: SecretBytes) -> Bool {
        left.withUnsafeBytes { left in right.withUnsafeBytes { left.elementsEqual($0) } }
    }

    private func subset(_ bits: Int) -> [RecoveryKey] {
        keys.enumerated().filter { bits >> $0.offset & 1 == 1 }.map(\.element)
    }

    @Test(arguments: 2...5) func everyQuorumOpensAndNothingSmaller(threshold: Int) throws {
        let escrow = try escrow(threshold: threshold)
        for bits in 0..<32 {
            let chosen = subset(bits)
            guard chosen.count >= threshold else {
                let error = #expect(throws: KeyCustodyError.self) { _ = try escrow.open(chosen) }
                #expect(error?.code == .invalid)
                #expect(error?.message.contains("needs \(threshold) of its 5") == true)
                continue
            }
            let (opened, problems) = try escrow.open(chosen)
            #expect(equal(opened, root))
            #expect(problems.isEmpty)
        }
    }

    @Test func aKeyGivenTwiceCountsOnce() throws {
        let escrow = try escrow()
        #expect(throws: KeyCustodyError.self) {
            _ = try escrow.open([keys[0], keys[0], keys[1]])
        }
    }

    @Test func aStrangersKeyIsNamed() throws {
        let path = directory + "/stranger"
        _ = try RecoveryKey.make(at: path)
        let stranger = try RecoveryKey(file: path)
        let error = #expect(throws: KeyCustodyError.self) {
            _ = try escrow().open([keys[0], keys[1], stranger])
        }
        #expect(error?.message.contains(stranger.publicKey.name) == true)
        // Beside a quorum it is only said.
        let (opened, problems) = try escrow().open(keys + [stranger])
        #expect(equal(opened, root))
        #expect(problems.count == 1)
    }

    /// Anybody can seal something to a holder's public key.
    @Test func aForgedShareIsNamed() throws {
        let escrow = try escrow()
        let own = StrictBase64.encode(escrow.shares[1].box)
        let forgery = try keys[1].publicKey.seal(.random(count: 32))
        let text = String(decoding: try escrow.bytes(), as: UTF8.self)
            .replacingOccurrences(of: own, with: StrictBase64.encode(forgery))
        let forged = try EscrowFile(parsing: Array(text.utf8))
        let error = #expect(throws: KeyCustodyError.self) { _ = try forged.open(subset(0b00111)) }
        #expect(error?.message.contains(keys[1].publicKey.name) == true)
    }

    @Test func theShareOfAnotherEscrowIsNamed() throws {
        let (one, other) = (try escrow(), try escrow())
        let mixed = String(decoding: try one.bytes(), as: UTF8.self)
            .replacingOccurrences(
                of: StrictBase64.encode(one.shares[0].box),
                with: StrictBase64.encode(other.shares[0].box))
        let error = #expect(throws: KeyCustodyError.self) {
            _ = try EscrowFile(parsing: Array(mixed.utf8)).open(subset(0b00111))
        }
        #expect(error?.message.contains(keys[0].publicKey.name) == true)
    }

    @Test(arguments: [
        ("\"treeSize\":42", "\"treeSize\":1"), ("\"epoch\":7", "\"epoch\":8"),
        ("\"generation\":1", "\"generation\":2"),
        ("\"log\":\"chancery.test\"", "\"log\":\"other\""),
        ("1970-01-01", "1970-01-02"), ("\"threshold\":3", "\"threshold\":2"),
        ("\"threshold\":3", "\"threshold\":4"),
    ])
    func anAlteredHeaderIsFound(change: (String, String)) throws {
        let text = String(decoding: try escrow().bytes(), as: UTF8.self)
        let altered = text.replacingOccurrences(of: change.0, with: change.1)
        try #require(altered != text)
        let error = #expect(throws: KeyCustodyError.self) {
            _ = try EscrowFile(parsing: Array(altered.utf8)).open(keys)
        }
        #expect(error?.code == .corrupt)
    }

    /// No byte can be changed without the file failing, whoever opens it.
    @Test func everyByteCounts() throws {
        let bytes = try escrow().bytes()
        for position in bytes.indices {
            var altered = bytes
            altered[position] ^= 1
            #expect(throws: KeyCustodyError.self, "byte \(position)") {
                _ = try EscrowFile(parsing: altered).open(keys)
            }
        }
        #expect(throws: KeyCustodyError.self) { _ = try EscrowFile(parsing: bytes.dropLast()) }
        #expect(throws: KeyCustodyError.self) { _ = try EscrowFile(parsing: bytes + [0x0A]) }
    }

    // MARK: - Recovery keys

    @Test func aRecoveryKeyIsPrivateAndNeverWrittenOver() throws {
        let path = directory + "/mine"
        let made = try RecoveryKey.make(at: path)
        #expect(try RecoveryKey(file: path).publicKey == made)
        #expect(try RecoveryKey.Public(file: path + ".pub") == made)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        #expect(throws: KeyCustodyError.self) { _ = try RecoveryKey.make(at: path) }
        #expect(try RecoveryKey(file: path).publicKey == made)
    }

    @Test func oneFileIsNotTakenForTheOther() throws {
        let path = directory + "/mine"
        _ = try RecoveryKey.make(at: path)
        #expect(throws: KeyCustodyError.self) { _ = try RecoveryKey(file: path + ".pub") }
        let error = #expect(throws: KeyCustodyError.self) { _ = try RecoveryKey.Public(file: path) }
        let secret = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")[1]
        #expect(error?.message.contains(secret) == false)
    }
}

extension RecoveryKey {
    static func sample(_ count: Int, in directory: String) throws -> [RecoveryKey] {
        try (0..<count).map { number in
            let path = "\(directory)/holder-\(number)"
            _ = try make(at: path)
            return try RecoveryKey(file: path)
        }
    }
}
