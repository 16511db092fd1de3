import AccessControl
import ContactModel
import Foundation
import ProcessBoundary
import ServiceFakes

@testable import ContactServices

/// Both fakes, and commands to send through them.
struct Fixture {
    let ledger = FakeLedger()
    let keeper = FakeKeeper()

    var contacts: ContactService { ContactService(ledger: ledger, keeper: keeper) }

    func authorized(
        _ action: Action = .createContact, role: Role = .enrichmentPlatform,
        purposes: [String] = ["sales"], clearance: String? = nil
    ) async throws -> ContactServices.Authorized {
        try await authenticated(role, clearance: clearance).authorized(for: action)
            .purposed(purposes.map { try PurposeCode($0) })
    }

    func authenticated(
        _ role: Role, policies: String = PolicySet.defaultText, clearance: String? = nil
    ) async throws -> Authenticated {
        if policies != PolicySet.defaultText { ledger.set(policies: policies) }
        let policies = PoliciesInForce(ledger: ledger)
        await policies.refresh()
        return try await Authenticator(
            authority: FakeAuthority(), policies: policies, refusals: RefusalLog(ledger: ledger),
            sources: SourceAddresses(keeper: keeper)
        ).authenticate(
            token: role.rawValue + (clearance.map { "|" + $0 } ?? ""),
            requestID: RequestID("request-1"))
    }

    static func draft(
        _ email: String, attributes: Int = 0, name: String? = nil, purposes: [String] = ["sales"]
    ) throws -> ContactDraft {
        let sources = [
            try ProvenanceSource(type: "CRM", identity: "crm-main"),
            try ProvenanceSource(type: "DATA_SUBJECT", identity: nil),
        ]
        return try ContactDraft(
            email: EmailAddress(email), fullName: name.map { try PersonName($0) },
            consents: [
                ConsentDraft(
                    consentType: .explicitOptIn, legalBasis: .consent,
                    purposes: PurposeCode.list(purposes), grantedAt: nil)
            ],
            attributes: (0..<attributes).map { index in
                AttributeDraft(
                    type: try AttributeType("x-\(index)"),
                    value: try AttributeValue("value \(index)"),
                    confidence: try Confidence(0.5), source: sources[index % 2],
                    validity: try ValidityPeriod(from: .now(), until: nil))
            })
    }

    static func key(_ text: String, digest: String = "d") throws -> MutationCommand.Idempotency {
        MutationCommand.Idempotency(
            key: try IdempotencyKey(text),
            digest: RequestDigest.of(method: "POST", path: "/", bytes: Data(digest.utf8)))
    }

    @discardableResult
    func create(
        _ email: String, attributes: Int = 0, name: String? = nil, key: String? = nil,
        digest: String = "d"
    ) async throws -> MutationOutcome {
        let command = MutationCommand(
            operation: .createContact(
                try Self.draft(email, attributes: attributes, name: name)),
            idempotency: try key.map { try Self.key($0, digest: digest) })
        let authorized = try await authorized()
        return try await contacts.apply(
            authorized.validated { () throws(ServiceError) in command })
    }

    /// The calls to both, in the order within each.
    var ledgerCalls: [String] { ledger.calls.map(FakeLedger.name) }
    var keeperCalls: [String] {
        keeper.calls.map { call in
            switch call {
            case .derive: "derive"
            case .encrypt: "encrypt"
            case .decrypt: "decrypt"
            case .sealAddress: "sealAddress"
            case .relabel: "relabel"
            default: "other"
            }
        }
    }
}

/// The code that `body` refuses with; nil when it does not.
func code<Value>(_ body: () async throws -> Value) async -> ServiceError.Code? {
    do {
        _ = try await body()
        return nil
    } catch {
        return (error as? ServiceError)?.code
    }
}
