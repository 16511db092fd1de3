import ContactModel
import Foundation
import ProcessBoundary
import ServiceFakes
import Testing

@testable import ContactServices

/// No vendor brings back somebody who was erased; whoever comes by themselves is taken.
@Suite struct SuppressionTests {
    let fixture = Fixture()

    private static func draft(_ email: String, sources: [String?]) throws -> ContactDraft {
        try ContactDraft(
            email: EmailAddress(email), fullName: nil,
            consents: Fixture.draft(email).consents,
            attributes: sources.enumerated().map { index, vendor in
                AttributeDraft(
                    type: try AttributeType("x-\(index)"), value: try AttributeValue("value"),
                    confidence: try Confidence(0.5),
                    source: try ProvenanceSource(
                        type: vendor == nil ? "DATA_SUBJECT" : "VENDOR", identity: vendor),
                    validity: try ValidityPeriod(from: .now(), until: nil))
            })
    }

    private func create(
        _ email: String, _ sources: [String?], key: String? = nil
    ) async throws -> MutationOutcome {
        let command = MutationCommand(
            operation: .createContact(try Self.draft(email, sources: sources)),
            idempotency: try key.map { try Fixture.key($0) })
        let authorized = try await fixture.authorized()
        return try await fixture.contacts.apply(
            authorized.validated { () throws(ServiceError) in command })
    }

    private var asked: [[Data]] {
        fixture.keeper.calls.compactMap { call in
            if case .derive(let request) = call { request.suppressionInputs } else { nil }
        }
    }

    @Test func aVendorsContactIsRefusedOnceItsPersonWasErasedAndThatIsAudited() async throws {
        fixture.keeper.suppress("ada@example.com")
        let refused = await code {
            try await create("ADA@example.com", [nil, "vendor-a"], key: "k")
        }
        #expect(refused == .suppressed)
        #expect(ServiceError.Code.suppressed.kind == .conflict)
        #expect(asked == [[Data("ada@example.com".utf8)]])
        // No key was drawn for anybody, and nothing was appended but what tells of it.
        #expect(fixture.keeperCalls == ["derive"] && fixture.keeper.subjects.isEmpty)
        let append = try #require(fixture.ledger.appends.last)
        #expect(append.mutations.isEmpty && append.audit.subject.isEmpty)
        #expect(append.audit.outcome == "REFUSED" && append.audit.reason == "suppressed")
        #expect(append.audit.decided.map(\.outcome) == ["SUPPRESSED"])
        let bob = try await create("bob@example.com", ["vendor-a"])
        #expect(!bob.replayed)
    }

    @Test func whoeverComesByThemselvesIsTakenAndNobodyIsAskedForThem() async throws {
        fixture.keeper.suppress("ada@example.com")
        try await fixture.create("ada@example.com", attributes: 2)
        _ = try await create("eve@example.com", [nil])
        #expect(asked == [[], []])
        #expect(fixture.ledger.appends.allSatisfy { $0.mutations.count == 1 })
        // There already: told as any other.
        #expect(await code { try await create("ada@example.com", ["v"]) } == .duplicateEmail)
    }

    /// Of a bulk the one line is refused, and what depends on it.
    @Test func othersOfTheSameBatchAreTaken() throws {
        var batch = MutationBatch([
            MutationCommand(
                operation: .createContact(try Fixture.draft("p@example.com")), idempotency: nil),
            MutationCommand(
                operation: .createContact(
                    try Self.draft("ada@example.com", sources: ["vendor-a"])), idempotency: nil),
            MutationCommand(
                operation: .createContact(
                    try Self.draft("bob@example.com", sources: ["vendor-a"])), idempotency: nil),
            MutationCommand(
                operation: .addAttributes(
                    .created(at: 1), try Fixture.draft("p@example.com", attributes: 1).attributes),
                idempotency: nil),
        ])
        let request = try #require(batch.deriveRequest())
        #expect(
            request.suppressionInputs
                == ["ada@example.com", "bob@example.com"].map { Data($0.utf8) })
        var response = WireDeriveResponse.with {
            $0.indexValues = (0..<3).map { Data(repeating: $0, count: 32) }
            $0.suppressed = [true]
        }
        // An answer that lacks one is none.
        var copy = batch
        #expect(throws: ServiceError.self) { try copy.derived(response) }
        response.suppressed = [true, false]
        try batch.derived(response)
        try batch.prepared(
            .with { $0.items = .init(repeating: .with { $0.clear = .init() }, count: 4) })
        let codes = batch.slots.map { slot -> ServiceError.Code? in
            if case .done(.failure(let error)) = slot.state { error.code } else { nil }
        }
        #expect(codes == [nil, .suppressed, nil, .failedRef])
    }
}
