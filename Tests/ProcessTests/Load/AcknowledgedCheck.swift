import Foundation
import Testing

/// Durable, then signed, then acknowledged: what was acknowledged is there, once, where its receipt says, and readable.
struct AcknowledgedCheck {
    let stack: Stack
    /// What the segments held before any of this was written.
    private let before: LedgerCensus
    private var everything: [Acknowledged] = []

    init(_ stack: Stack) throws {
        self.stack = stack
        before = try LedgerCensus(stack.home)
    }

    /// Reads back `written`, and counts all that was ever written: the segments must hold exactly as many entries.
    ///
    /// - Parameter reading: contacts to be read back at the most, evenly spread.
    mutating func check(
        _ written: [Acknowledged], _ comment: String, reading: Int = .max
    ) async throws {
        everything += written
        try await readBack(written, comment, atMost: reading)
        try await waitForErasures(comment)
        let now = try LedgerCensus(stack.home)
        let creates = everything.count { $0.attribute == nil }
        #expect(now.creates - before.creates == creates, "\(comment): contacts created")
        #expect(
            now.attributes - before.attributes == everything.count - creates,
            "\(comment): attributes added")
    }

    /// Reads back all that was written in all rounds.
    func checkEverything(_ comment: String) async throws {
        try await readBack(everything, comment, atMost: .max)
    }

    private static let readers = 8

    private func readBack(
        _ written: [Acknowledged], _ comment: String, atMost limit: Int
    ) async throws {
        #expect(Set(written.map(\.index)).count == written.count, "\(comment): an index twice")
        let contacts = Dictionary(grouping: written, by: \.contact).map(\.value)
        #expect(
            Set(written.map(\.email)).count == contacts.count,
            "\(comment): an email in two contacts")
        try await withThrowingTaskGroup(of: Void.self) { group in
            let step = max(1, contacts.count / limit)
            for (number, place) in stride(from: 0, to: contacts.count, by: step).enumerated() {
                let mutations = contacts[place].sorted { $0.index < $1.index }
                if number >= Self.readers { try await group.next() }
                group.addTask { try await read(mutations, comment) }
            }
            try await group.waitForAll()
        }
    }

    /// All mutations of one contact.
    private func read(_ mutations: [Acknowledged], _ comment: String) async throws {
        let api = stack.api
        for mutation in mutations {
            let entry = try await api.get(
                "/api/v1/ledger/entries/\(mutation.index)", token: api.auditor)
            #expect(
                entry.json?["leafHash"]?.string == mutation.leafHash,
                "\(comment): \(mutation) became \(entry.status) \(entry.text)")
        }
        guard let first = mutations.first else { return }
        if first.isErased { return try await readErased(first, comment) }
        let contact = try await api.get("/api/v1/contacts/\(first.contact)")
        #expect(
            contact.json?["email"]?.string == first.email,
            "\(comment): \(first) became \(contact.status) \(contact.text)")
        let values = contact.json?["attributes"]?.array?.compactMap { $0["value"]?.string }
        #expect(
            values == mutations.compactMap(\.attribute),
            "\(comment): \(first): \(contact.text)")
        let found = try await api.find(email: first.email)
        #expect(
            found.found.compactMap { $0["id"]?.string } == [first.contact],
            "\(comment): \(first): \(found.text)")
    }

    private func readErased(_ mutation: Acknowledged, _ comment: String) async throws {
        let contact = try await stack.api.get("/api/v1/contacts/\(mutation.contact)")
        #expect(contact.status == 404, "\(comment): \(mutation) became \(contact.text)")
        let found = try await stack.api.find(email: mutation.email)
        #expect(found.found.isEmpty, "\(comment): \(mutation): \(found.text)")
    }

    /// What was ordered is carried out, at the latest after a new start.
    private func waitForErasures(_ comment: String) async throws {
        var census = try LedgerCensus(stack.home)
        for _ in 0..<1_500 where census.ordered != census.erased {
            try await Task.sleep(for: .milliseconds(20))
            census = try LedgerCensus(stack.home)
        }
        #expect(census.ordered == census.erased, "\(comment): orders and erasures")
    }
}
