import ContactModel
import Foundation
import ServiceFakes
import Testing

@testable import ContactServices

/// Up to four groups are under way at once, and the ledger here lets them overtake each other.
///
///     group 1: add a1 to r ──── prepare ─ encrypt ─────────────────────── append
///     group 2: add a2 to r ──── prepare ─ encrypt ─ append       ← must not come first
@Suite struct BulkOrderTests {
    let bulk = BulkTests()
    static let seeds = Array(UInt64(0)..<12)

    private func run(_ lines: [String], groupLines: Int, seed: UInt64) async throws -> [BulkResult]
    {
        bulk.fixture.ledger.reorderAppends(seed: seed)
        return try await bulk.run(lines, groupLines: groupLines)
    }

    /// The idempotency keys of `names` in the order in which the ledger took them.
    private func committed(_ names: [String]) -> [String] {
        let names = Dictionary(
            uniqueKeysWithValues: names.map { (FakeKeeper.idempotencyTag($0), $0) })
        return bulk.fixture.ledger.appends.flatMap(\.mutations).compactMap { mutation in
            mutation.idempotency.days.first.flatMap { names[$0.key] }
        }
    }

    @Test func groupsThatShareNothingDoOvertakeEachOther() async throws {
        let names = (0..<40).map { "k\($0)" }
        _ = try await run(
            names.map { "create \($0) \($0)@example.com" }, groupLines: 1, seed: 1)
        let committed = committed(names)
        #expect(Set(committed) == Set(names) && committed != names)
    }

    @Test(arguments: seeds, [1, 3])
    func whatOneRefGetsIsCommittedInTheOrderOfItsLines(seed: UInt64, groupLines: Int) async throws {
        let names = (0..<24).map { "a\($0)" }
        let lines =
            ["create c p@example.com r"]
            + names.flatMap { ["add \($0) ref:r", "create x\($0) \($0)@example.com"] }
        let results = try await run(lines, groupLines: groupLines, seed: seed)
        #expect(bulk.codes(results).allSatisfy { $0 == nil })
        #expect(committed(names) == names)
    }

    @Test(arguments: seeds, [1, 3])
    func idAndRefOfOneContactAreKnownToBeTheSame(seed: UInt64, groupLines: Int) async throws {
        let create = "create c p@example.com r"
        let id = try #require(bulk.ids(try await bulk.run([create]))[0])
        let names = (0..<24).map { "a\($0)" }
        // The create is a replay here, so that lines before its result may name the contact either way.
        let lines =
            [create]
            + names.enumerated().map { index, name in
                "add \(name) " + (index % 3 == 0 ? "ref:r" : "id:\(id.text)")
            }
        let results = try await run(lines, groupLines: groupLines, seed: seed)
        #expect(bulk.codes(results).allSatisfy { $0 == nil })
        #expect(committed(names) == names)
    }

    @Test(arguments: seeds)
    func theFirstOfTwoCreatesOfOneAddressWins(seed: UInt64) async throws {
        let lines = (0..<12).map { "create k\($0) P\($0 % 2)@example.com" }
        let results = try await run(lines, groupLines: 1, seed: seed)
        #expect(bulk.codes(results) == [nil, nil] + Array(repeating: .duplicateEmail, count: 10))
    }

    @Test(arguments: seeds)
    func theFirstOfTwoLinesWithOneKeyIsDoneAndTheOthersAreItsReplays(seed: UInt64) async throws {
        let lines = Array(repeating: "create k p@example.com", count: 8)
        let results = try await run(lines, groupLines: 1, seed: seed)
        #expect(
            try results.map { try $0.result.get().replayed }
                == [false] + Array(repeating: true, count: 7))
    }
}
