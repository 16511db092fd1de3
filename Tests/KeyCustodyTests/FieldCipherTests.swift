import ContactModel
import Crypto
import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

@Suite struct FieldCipherTests {
    @Test func valuesReadBackAfterARestart() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let plain = try (0..<100).map { number in
            try PlainValue.sample(Sample.tag, text: "person \(number)")
        }
        let sealed = try await fixture.withKeeper { try await $0.sealed(plain) }
        fixture.tpm.stop()
        try fixture.tpm.start()
        try await fixture.withKeeper { keeper in
            let opened = try await keeper.cipher.decrypt(
                zip(plain, sealed).map { BoundValue(binding: $0.binding, value: $1) })
            #expect(opened == plain.map { .plaintext($0.plaintext) })
            #expect(keeper.subjectCount == 100)
        }
    }

    /// Written from FORMAT section 9, not from the code.
    @Test func ciphertextIsWhatTheFormatSays() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let tag = Sample.tag
        try await fixture.withKeeper { keeper in
            let plain = try PlainValue.sample(tag, field: "fullName", text: "Ægir Ω")
            let value = try #require(try await keeper.sealed([plain]).first)
            #expect(value.algorithm == "AES-256-GCM")
            #expect(value.keyId == "DEK-20261123")
            let day = try #require(keeper.hierarchy.dayKeys["DEK-20261123"])
            let subject = try #require(keeper.hierarchy.subjects[tag])
            let key = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: Sample.bytes(day) + Sample.bytes(subject)),
                info: Data("chancery/value/v1\nDEK-20261123".utf8), outputByteCount: 32)
            let associated = try CanonicalJSON.write(
                .array([
                    .string("chancery/value/v1"), .string(tag.hex), .string(Sample.entity),
                    .string("fullName"), .string("s1/i1"), .string("DEK-20261123"),
                ]))
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: value.iv), ciphertext: value.ciphertext,
                tag: value.authTag)
            let opened = try AES.GCM.open(box, using: key, authenticating: associated)
            #expect(String(decoding: opened, as: UTF8.self) == "Ægir Ω")
        }
    }

    @Test func underAnyOtherBindingItDoesNotOpen() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let (tag, other) = (Sample.tag, Sample.tag)
        try await fixture.withKeeper { keeper in
            let plain = [try PlainValue.sample(tag), try PlainValue.sample(other)]
            let value = try #require(try await keeper.sealed(plain).first)
            let wrong: [ValueBinding] = [
                try .sample(other),
                try .sample(tag, entity: "00000000-0000-4000-8000-000000000000"),
                try .sample(tag, field: "fullName"), try .sample(tag, label: "s2/i1"),
            ]
            let right = BoundValue(binding: try .sample(tag), value: value)
            let opened = try await keeper.cipher.decrypt(
                wrong.map { BoundValue(binding: $0, value: value) } + [right])
            #expect(opened.prefix(4).map(\.damage?.code) == wrong.map { _ in .corrupt })
            #expect(opened.last == .plaintext(plain[0].plaintext))
        }
    }

    /// An erasure is the one thing that leaves no row; a rebuild passes over nothing else.
    @Test func onlyASubjectWithoutAKeyIsUnreadable() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let tag = Sample.tag
        let sealed = try await fixture.withKeeper { try await $0.sealed([.sample(tag)]) }
        let bound = BoundValue(binding: try .sample(tag), value: sealed[0])
        try fixture.tamper("DELETE FROM subject WHERE tag = ?", [tag.data])
        try await fixture.withKeeper { keeper in
            let opened = try await keeper.cipher.decrypt([bound])
            #expect(opened == [.unreadable])
            let reindexed = try await keeper.reindexer.reindex([bound])
            #expect(reindexed == [.unreadable])
        }
    }

    @Test func anyAlteredPartIsDamageNotErasure() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let tag = Sample.tag
        try await fixture.withKeeper { keeper in
            let value = try #require(try await keeper.sealed([.sample(tag)]).first)
            func altered(_ data: Data) -> Data {
                Data([data[data.startIndex] ^ 1] + data.dropFirst())
            }
            let forged = [
                EncryptedValue(
                    authTag: altered(value.authTag), ciphertext: value.ciphertext, iv: value.iv,
                    keyId: value.keyId),
                EncryptedValue(
                    authTag: value.authTag, ciphertext: altered(value.ciphertext), iv: value.iv,
                    keyId: value.keyId),
                EncryptedValue(
                    authTag: value.authTag, ciphertext: value.ciphertext, iv: altered(value.iv),
                    keyId: value.keyId),
                EncryptedValue(
                    authTag: value.authTag, ciphertext: value.ciphertext, iv: value.iv,
                    keyId: "DEK-20261122"),
            ].compactMap { $0 }
            #expect(forged.count == 4)
            let binding = try ValueBinding.sample(tag)
            let bound = forged.map { BoundValue(binding: binding, value: $0) }
            let opened = try await keeper.cipher.decrypt(bound)
            #expect(opened.map(\.damage?.code) == forged.map { _ in .corrupt })
            #expect(opened[3].damage?.message.contains("DEK-20261122") == true)
            let reindexed = try await keeper.reindexer.reindex(bound)
            #expect(!reindexed.contains(.unreadable))
        }
    }

    @Test func damagedDayKeyIsNamedNotTakenForAnErasure() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let tag = Sample.tag
        let sealed = try await fixture.withKeeper { try await $0.sealed([.sample(tag)]) }
        let bound = BoundValue(binding: try .sample(tag), value: sealed[0])
        try fixture.tamper("UPDATE dek SET wrapped = zeroblob(60)")
        try await fixture.withKeeper { keeper in
            let opened = try await keeper.cipher.decrypt([bound])
            #expect(opened[0].damage?.message.contains("DEK-20261123") == true)
        }
    }

    @Test func keyRowMovedToAnotherSubjectDoesNotOpen() async throws {
        let fixture = try await KeeperFixture.provisioned()
        // Tags of one bucket, so that only the binding to the tag tells the rows apart.
        let tags = try (0..<2).map { number in
            try #require(
                SubjectTag([0xAB, 0xC0, UInt8(number)] + [UInt8](repeating: 1, count: 13)))
        }
        let plain = try tags.map { try PlainValue.sample($0) }
        let sealed = try await fixture.withKeeper { try await $0.sealed(plain) }
        try fixture.tamper(
            "UPDATE subject SET wrapped = (SELECT wrapped FROM subject WHERE tag = ?) WHERE tag = ?",
            [tags[0].data, tags[1].data])
        try await fixture.withKeeper { keeper in
            let bound = zip(plain, sealed).map { BoundValue(binding: $0.binding, value: $1) }
            let opened = try await keeper.cipher.decrypt(bound)
            #expect(opened[0] == .plaintext(plain[0].plaintext))
            #expect(opened[1].damage?.message.contains(tags[1].hex) == true)
            let reindexed = try await keeper.reindexer.reindex(bound)
            #expect(reindexed[1] == .corrupt(try #require(opened[1].damage)))
            // No second key is drawn for the subject whose key was damaged, and the other one goes on.
            let again = try await keeper.cipher.encrypt(plain)
            #expect(throws: Never.self) { try again[0].get() }
            let error = #expect(throws: KeyCustodyError.self) { try again[1].get() }
            #expect(error?.code == .corrupt)
        }
        #expect(try fixture.rows("SELECT count(*) FROM subject") == 2)
    }

    @Test(arguments: [
        "UPDATE shelf SET wrapped = (SELECT wrapped FROM shelf WHERE shelf = 0xDEF1 / 64) "
            + "WHERE shelf = 0xABC1 / 64",
        "UPDATE shelf SET wrapped = zeroblob(60) WHERE shelf = 0xABC1 / 64",
        "DELETE FROM shelf WHERE shelf = 0xABC1 / 64",
        "UPDATE subject SET generation = 2 WHERE substr(tag, 1, 1) = x'AB'",
        "UPDATE subject SET wrapped = zeroblob(60) WHERE substr(tag, 1, 1) = x'AB'",
    ])
    func replacedBucketOrSubjectRowsAreDamageNotErasure(sql: String) async throws {
        let fixture = try await KeeperFixture.provisioned()
        let tags = try [[UInt8]([0xAB, 0xC1]), [0xDE, 0xF1]].map { start in
            try #require(SubjectTag(start + [UInt8](repeating: 1, count: 14)))
        }
        let plain = try tags.map { try PlainValue.sample($0) }
        let sealed = try await fixture.withKeeper { try await $0.sealed(plain) }
        try fixture.tamper(sql)
        try await fixture.withKeeper { keeper in
            let opened = try await keeper.cipher.decrypt(
                zip(plain, sealed).map { BoundValue(binding: $0.binding, value: $1) })
            #expect(opened[0].damage?.code == .corrupt)
            #expect(opened[1] == .plaintext(plain[1].plaintext))
            // Nor is a new key drawn over the damage, while the other bucket takes new subjects.
            let fresh = try #require(SubjectTag([0xDE, 0xF2] + [UInt8](repeating: 1, count: 14)))
            let again = try await keeper.cipher.encrypt([plain[0], .sample(fresh)])
            let error = #expect(throws: KeyCustodyError.self) { try again[0].get() }
            #expect(error?.code == .corrupt)
            #expect(throws: Never.self) { try again[1].get() }
        }
    }

    /// More subjects than one transaction draws, some of them there already.
    @Test func largeBatchesAreDrawnInSlicesAndKeepWhatWasThere() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let count = CustodyLimits.maxDrawsPerCommit * 2 + 7
        let plain = try (0..<count).map { try PlainValue.sample(Sample.tag, text: "\($0)") }
        let known = stride(from: 0, to: count, by: 5).map { plain[$0] }
        let before = try await fixture.withKeeper { try await $0.sealed(known) }
        try await fixture.withKeeper { keeper in
            let after = try await keeper.sealed(plain)
            let bound = zip(known + plain, before + after).map {
                BoundValue(binding: $0.binding, value: $1)
            }
            let opened = try await keeper.cipher.decrypt(bound)
            #expect(opened == (known + plain).map { .plaintext($0.plaintext) })
            #expect(keeper.subjectCount == UInt64(count))
        }
        #expect(try fixture.rows("SELECT count(*) FROM subject") == count)
    }

    /// ```
    /// day       23          24        23 (the clock was set back)
    /// encrypts  DEK-23      DEK-24    DEK-24
    /// ```
    @Test(arguments: [true, false])
    func aReplacedDayKeyNeverEncryptsAgainThoughTheClockStepsBack(withRestart: Bool) async throws {
        let fixture = try await KeeperFixture.provisioned()
        let plain = try PlainValue.sample(Sample.tag)
        func keyIDs(_ keeper: KeyCustodian, _ hours: [Int64]) async throws -> [String] {
            var ids: [String] = []
            for hours in hours {
                fixture.clock.advance(hours: hours)
                ids += try await keeper.sealed([plain]).map(\.keyId)
            }
            return ids
        }
        if withRestart {
            _ = try await fixture.withKeeper { try await keyIDs($0, [0, 24]) }
            let ids = try await fixture.withKeeper { try await keyIDs($0, [-24, 24, 24]) }
            #expect(ids == ["DEK-20261124", "DEK-20261124", "DEK-20261125"])
        } else {
            let ids = try await fixture.withKeeper { try await keyIDs($0, [0, 24, -24, 48]) }
            #expect(ids == ["DEK-20261123", "DEK-20261124", "DEK-20261124", "DEK-20261125"])
        }
    }

    @Test func oneSubjectWithoutAKeyFailsItsOwnValuesAlone() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let unknown = Sample.tag
        try await fixture.withKeeper { keeper in
            let results = try await keeper.cipher.encrypt([
                .sample(Sample.tag), .sample(unknown, newSubject: false), .sample(Sample.tag),
            ])
            #expect(throws: Never.self) { _ = try (results[0].get(), results[2].get()) }
            let error = #expect(throws: KeyCustodyError.self) { try results[1].get() }
            #expect(error?.code == .notFound)
            #expect(error?.message.contains(unknown.hex) == true)
            #expect(keeper.subjectCount == 2)
        }
        #expect(try fixture.rows("SELECT count(*) FROM subject") == 2)
        #expect(
            try fixture.rows("SELECT count(*) FROM subject WHERE tag = ?", [unknown.data]) == 0)
    }

    @Test func repeatedCreationUsesTheSameKey() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let plain = try PlainValue.sample(Sample.tag)
        var sealed: [EncryptedValue] = []
        for _ in 0..<3 {
            sealed += try await fixture.withKeeper { try await $0.sealed([plain, plain]) }
        }
        #expect(try fixture.rows("SELECT count(*) FROM subject") == 1)
        #expect(Set(sealed.map(\.iv)).count == 6)
        let values = sealed
        try await fixture.withKeeper { keeper in
            let opened = try await keeper.cipher.decrypt(
                values.map { BoundValue(binding: plain.binding, value: $0) })
            #expect(opened.allSatisfy { $0 == .plaintext(plain.plaintext) })
        }
    }

    @Test func eachDayHasItsKeyAndOldOnesStillDecrypt() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let plain = try PlainValue.sample(Sample.tag)
        let first = try await fixture.withKeeper { try await $0.sealed([plain]) }
        fixture.clock.advance(hours: 24)
        try await fixture.withKeeper { keeper in
            let second = try await keeper.sealed([plain])
            #expect((first + second).map(\.keyId) == ["DEK-20261123", "DEK-20261124"])
            let opened = try await keeper.cipher.decrypt(
                (first + second).map { BoundValue(binding: plain.binding, value: $0) })
            #expect(opened.allSatisfy { $0 == .plaintext(plain.plaintext) })
        }
    }

    /// Many batches at once share commits; none may see another's half-made key.
    ///
    /// ```
    /// A: encrypt(tag 1, new) ──┐ waits            ┌─ commit with B ─ seal
    /// B: encrypt(tag 1, new) ──┘ waits, same tag ─┘ finds A's row in the same transaction
    /// ```
    @Test func concurrentBatchesAgreeOnEachSubjectsKey() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let tags = (0..<8).map { _ in Sample.tag }
        try await fixture.withKeeper { keeper in
            let sealed = try await withThrowingTaskGroup(of: [BoundValue].self) { group in
                for number in 0..<64 {
                    group.addTask {
                        let plain = try tags.map { try PlainValue.sample($0, text: "\(number)") }
                        let values = try await keeper.sealed(plain)
                        return zip(plain, values).map { BoundValue(binding: $0.binding, value: $1) }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(sealed.count == 512)
            #expect(keeper.subjectCount == 8)
            let opened = try await keeper.cipher.decrypt(sealed)
            #expect(opened.allSatisfy { $0 != .unreadable })
        }
        #expect(try fixture.rows("SELECT count(*) FROM subject") == 8)
    }

    @Test func limitsAreKept() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let long = PlainValue(
                binding: try .sample(Sample.tag),
                plaintext: [UInt8](repeating: 0, count: CustodyLimits.maxPlaintext + 1),
                newSubject: true)
            let many = [PlainValue](
                repeating: try .sample(Sample.tag), count: CustodyLimits.maxItems + 1)
            for batch in [[long], many] {
                let error = await #expect(throws: KeyCustodyError.self) {
                    _ = try await keeper.sealed(batch)
                }
                #expect(error?.code == .invalid)
            }
            #expect(try await keeper.sealed([]).isEmpty)
            #expect(try await keeper.cipher.decrypt([]).isEmpty)
        }
    }

    @Test(arguments: [
        ("3F2B8C1E-5A0D-4E8F-9C7B-2D1E0F3A4B5C", "email", "s1/i1"),
        ("3f2b8c1e5a0d4e8f9c7b2d1e0f3a4b5c", "email", "s1/i1"),
        (Sample.entity, "", "s1/i1"), (Sample.entity, "e\"mail", "s1/i1"),
        (Sample.entity, String(repeating: "a", count: 65), "s1/i1"),
        (Sample.entity, "email", ""), (Sample.entity, "email", "s9/i1"),
        (Sample.entity, "email", "s1/i1\\"),
    ])
    func bindingsThatAreNotCanonicalAreRefused(entity: String, field: String, label: String) {
        let error = #expect(throws: KeyCustodyError.self) {
            try ValueBinding.sample(Sample.tag, entity: entity, field: field, label: label)
        }
        #expect(error?.code == .invalid)
    }

    @Test(arguments: [
        (0, "DEK-19700101"), (86_399, "DEK-19700101"), (86_400, "DEK-19700102"),
        (951_782_400, "DEK-20000229"), (1_795_435_200, "DEK-20261123"),
        (4_107_542_399, "DEK-21000228"), (4_107_542_400, "DEK-21000301"),
    ])
    func dayKeysBearTheDayInUTC(seconds: Int64, name: String) {
        #expect(KeyHierarchy.dayKeyName(at: seconds) == name)
    }
}
