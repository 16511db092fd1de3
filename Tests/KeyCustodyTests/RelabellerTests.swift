import ContactModel
import LedgerFormat
import Testing

@testable import KeyCustody

@Suite struct RelabellerTests {
    @Test func aValueOpensUnderItsNewLabelAloneAndTheOldOneStillUnderItsOwn() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let tag = Sample.tag
        try await fixture.withKeeper { keeper in
            let plain = try [
                PlainValue.sample(tag, text: "a@example.org"),
                PlainValue.sample(tag, field: "fullName", text: "Ægir Ω"),
            ]
            let old = zip(plain, try await keeper.sealed(plain)).map {
                BoundValue(binding: $0.binding, value: $1)
            }
            let results = try await keeper.relabeller.relabel(old, to: "s2:c3/i2")
            let new = try results.map { try $0.get() }
            #expect(new.count == 2)
            let right = try zip(plain, new).map { plain, value in
                BoundValue(
                    binding: try .sample(tag, field: plain.binding.field, label: "s2:c3/i2"),
                    value: value)
            }
            let lowered = zip(plain, new).map { BoundValue(binding: $0.binding, value: $1) }
            #expect(
                try await keeper.cipher.decrypt(right).map(\.text) == ["a@example.org", "Ægir Ω"])
            #expect(
                try await keeper.cipher.decrypt(lowered).map(\.damage?.code) == [
                    .corrupt, .corrupt,
                ])
            #expect(
                try await keeper.cipher.decrypt(old).map(\.text) == ["a@example.org", "Ægir Ω"])
            #expect(zip(old, new).allSatisfy { $0.value.iv != $1.iv })
            #expect(keeper.subjectCount == 1)
        }
    }

    /// With the same key of the person, so that forgetting them forgets both.
    @Test func whatWasSealedAnewIsForgottenWithItsSubject() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let tag = Sample.tag
        let new = try await fixture.withKeeper { keeper in
            let old = BoundValue(
                binding: try .sample(tag), value: try await keeper.sealed([.sample(tag)])[0])
            return try await keeper.relabeller.relabel([old], to: "s2/i1")[0].get()
        }
        try fixture.tamper("DELETE FROM subject WHERE tag = ?", [tag.data])
        try await fixture.withKeeper { keeper in
            let value = BoundValue(binding: try .sample(tag, label: "s2/i1"), value: new)
            #expect(try await keeper.cipher.decrypt([value]) == [.unreadable])
            let again = try await keeper.relabeller.relabel([value], to: "s3/i1")
            #expect(throws: KeyCustodyError.self) { try again[0].get() }
            #expect(again.map(\.failure?.code) == [.notFound])
            #expect(keeper.subjectCount == 0)
        }
    }

    @Test func oneValueThatDoesNotOpenFailsAloneAndNothingIsSealedOfIt() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let tag = Sample.tag
        try await fixture.withKeeper { keeper in
            let plain = try [
                PlainValue.sample(tag), PlainValue.sample(tag, field: "fullName"),
                PlainValue.sample(tag, field: "value"),
            ]
            let sealed = try await keeper.sealed(plain)
            let values = [
                BoundValue(binding: plain[0].binding, value: sealed[0]),
                // By the word of whoever asks it has a lower label than it has.
                BoundValue(
                    binding: try .sample(tag, field: "fullName", label: "s0/i1"), value: sealed[1]),
                BoundValue(binding: plain[2].binding, value: sealed[2]),
            ]
            let results = try await keeper.relabeller.relabel(values, to: "s2/i1")
            #expect(results.map(\.failure?.code) == [nil, .corrupt, nil])
        }
    }

    @Test func valuesOfTwoSubjectsAreRefused() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let plain = try [PlainValue.sample(Sample.tag), PlainValue.sample(Sample.tag)]
            let values = zip(plain, try await keeper.sealed(plain)).map {
                BoundValue(binding: $0.binding, value: $1)
            }
            await #expect {
                try await keeper.relabeller.relabel(values, to: "s2/i1")
            } throws: {
                ($0 as? KeyCustodyError)?.code == .invalid
            }
            await #expect {
                try await keeper.relabeller.relabel([values[0]], to: "s9/i1")
            } throws: {
                ($0 as? KeyCustodyError)?.code == .invalid
            }
            #expect(try await keeper.relabeller.relabel([], to: "s2/i1").isEmpty)
        }
    }
}

extension Result where Failure == KeyCustodyError {
    fileprivate var failure: KeyCustodyError? {
        if case .failure(let error) = self { error } else { nil }
    }
}
