import Crypto
import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

@Suite struct IndexTests {
    @Test func indexValuesSurviveARestartAndDiffer() async throws {
        let fixture = try await KeeperFixture.provisioned()
        func values() async throws -> [[UInt8]] {
            try await fixture.withKeeper { keeper in
                try ["a@example.org", "b@example.org"].map { email in
                    try keeper.index.value(field: "email", canonical: Array(email.utf8))
                }
            }
        }
        let first = try await values()
        #expect(try await values() == first)
        #expect(first[0] != first[1])
    }

    /// Nobody without the field's key can compute one: it is no hash of the email, nor keyed with a key
    /// that serves for something else.
    @Test func indexValueIsTheFieldKeysHMACAndNothingElse() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let email = Array("a@example.org".utf8)
            let value = try keeper.index.value(field: "email", canonical: email)
            let keys = keeper.hierarchy
            func mac(_ key: SecretBytes) -> [UInt8] {
                Array(HMAC<SHA256>.authenticationCode(for: email, using: key.transientKey()))
            }
            #expect(value == mac(try #require(keys.indexKeys["email"])))
            #expect(value != Array(SHA256.hash(data: email)))
            #expect(![keys.root, keys.dataKEK].map(mac).contains(value))
            #expect(try #require(keys.indexKeys["email"]).bytes != keys.dataKEK.bytes)
        }
    }

    @Test func onlyIndexedFieldsAndBoundedValuesAreHashed() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            for (field, count) in [("fullName", 3), ("email", 0), ("email", 1_025)] {
                let error = #expect(throws: KeyCustodyError.self) {
                    try keeper.index.value(
                        field: field, canonical: [UInt8](repeating: 97, count: count))
                }
                #expect(error?.code == .invalid)
            }
        }
    }

    @Test func rebuildGetsIndexValuesAndIdsAndNothingElse() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let tag = Sample.tag
        let id = "sixteen bytes id"
        try await fixture.withKeeper { keeper in
            let plain: [PlainValue] = [
                try .sample(tag, field: "email", text: "a@example.org"),
                try .sample(tag, field: "contactId", text: id),
                try .sample(tag, field: "contactId", text: "not an id"),
                try .sample(tag, field: "value", text: "CTO"),
                try .sample(tag, field: "fullName", text: "Ada, Countess of Lovelace"),
            ]
            let bound = zip(plain, try await keeper.sealed(plain)).map {
                BoundValue(binding: $0.binding, value: $1)
            }
            let erased = BoundValue(
                binding: try .sample(Sample.tag, field: "email"), value: bound[0].value)
            let results = try await keeper.reindexer.reindex(Array(bound.prefix(3)) + [erased])
            let email = try keeper.index.value(
                field: "email", canonical: Array("a@example.org".utf8))
            #expect(results[0] == .indexValue(email))
            #expect(results[1] == .contactID(Array(id.utf8)))
            guard case .corrupt = results[2] else {
                Issue.record("what is no id was passed over: \(results[2])")
                return
            }
            #expect(results[3] == .unreadable)
            // Two bytes for each word, the same wherever it stands, and for a search.
            let words = try ["ada", "countess", "of", "lovelace"].map { word in
                try keeper.index.value(field: "nameWord", canonical: Array(word.utf8))
            }
            #expect(words.allSatisfy { $0.count == 2 } && Set(words).count == 4)
            let found = try await keeper.reindexer.reindex([bound[4]])
            #expect(found == [.words(words.flatMap { $0 })])
            let error = await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.reindexer.reindex([bound[3]])
            }
            #expect(error?.code == .invalid)
        }
    }

    /// Somebody relabels a name as an email to have it indexed: it does not decrypt there.
    @Test func rebuildCannotBeTalkedIntoAnotherField() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let tag = Sample.tag
        try await fixture.withKeeper { keeper in
            let name = try await keeper.sealed([.sample(tag, field: "fullName")])
            let posed = BoundValue(binding: try .sample(tag, field: "email"), value: name[0])
            let results = try await keeper.reindexer.reindex([posed])
            guard case .corrupt(let error)? = results.first else {
                Issue.record("it opened: \(results)")
                return
            }
            #expect(error.message.contains("altered or moved"))
        }
    }
}
