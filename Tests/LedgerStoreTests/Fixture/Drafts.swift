public import ContactModel
import Crypto
import Foundation
import LedgerFormat
import LedgerStore
import Projections

/// Requests as the gateway would make them, with `LocalSigner`'s kind of ciphertext.
enum Drafts {
    static let actor: LedgerActor = "test-platform"

    struct Person: Sendable {
        let subject = SubjectTag.random()
        let id: ContactID
        let email: Digest32

        init(_ name: String) {
            id = Drafts.contactID()
            email = Drafts.digest("email " + name)
        }

        init(sameEmailAs other: Person) {
            id = Drafts.contactID()
            email = other.email
        }
    }

    static func contactID() -> ContactID {
        guard let id = ContactID(Salt.random()) else { preconditionFailure("16 bytes") }
        return id
    }

    static func digest(_ text: String) -> Digest32 {
        SHA256.hash(data: Data(text.utf8)).withUnsafeBytes { Digest32($0) } ?? .zero
    }

    /// What the keeper would find a name by.
    static func words(_ name: String) -> Data {
        NameWords.words(of: name).reduce(into: Data()) {
            $0 += digest("word " + $1).bytes.prefix(2)
        }
    }

    static func index(_ name: String?) -> NameIndex { NameIndex(words(name ?? "")) ?? NameIndex() }

    static func unique(_ person: Person) -> UniqueValue {
        UniqueValue(index: "email", value: person.email)
    }

    static func tag(_ key: String, _ request: String = "body") -> IdempotencyTag {
        IdempotencyTag(key: digest("key " + key), request: digest("\(key) \(request)"))
    }

    static func sealed(_ bytes: Data) throws -> EncryptedValue {
        guard
            let value = EncryptedValue(
                authTag: Data(repeating: 1, count: 16), ciphertext: bytes,
                iv: Data(repeating: 2, count: 12), keyId: "DEK-20260101")
        else { throw CocoaError(.coderInvalidValue) }
        return value
    }

    // MARK: - Mutations

    static func create(
        _ person: Person, key: IdempotencyTag? = nil, attributes: Int = 0, label: String = "s1/i1",
        name: String = "somebody"
    ) throws -> MutationDraft {
        var entries = [
            try entry(
                .contact,
                ContactCreated(
                    contactId: sealed(person.id.bytes), email: sealed(person.email.data),
                    entity: uuid(), fullName: sealed(Data(name.utf8))), label),
            try entry(.consent, consent(), label),
        ]
        if attributes > 0 {
            entries += try self.attributes((0..<attributes).map { "x-kind\($0)" }, label: label)
        }
        return MutationDraft(
            entries: entries, subject: person.subject, createsSubject: true, contactID: person.id,
            unique: [unique(person)], words: index(name), idempotency: key.map { [$0] } ?? [])
    }

    static func enrich(
        _ person: Person, _ types: [String] = ["jobTitle"], value: String = "value",
        key: IdempotencyTag? = nil, expectedVersion: UInt64? = nil, label: String = "s1/i1"
    ) throws -> MutationDraft {
        MutationDraft(
            entries: try attributes(types, value: value, label: label), subject: person.subject,
            idempotency: key.map { [$0] } ?? [], expectedVersion: expectedVersion)
    }

    /// - Parameter id: that its entry names; another contact's is refused.
    static func update(
        _ person: Person, email: Digest32? = nil, name: String? = "another name",
        id: ContactID? = nil, expectedVersion: UInt64? = nil, label: String = "s1/i1"
    ) throws -> MutationDraft {
        let (email, id) = (email ?? person.email, id ?? person.id)
        let event = ContactUpdated(
            identity: ContactCreated(
                contactId: try sealed(id.bytes), email: try sealed(email.data), entity: uuid(),
                fullName: try name.map { try sealed(Data($0.utf8)) }))
        return MutationDraft(
            entries: [try entry(.contact, event, label)], subject: person.subject, contactID: id,
            unique: [UniqueValue(index: "email", value: email)], words: index(name),
            expectedVersion: expectedVersion)
    }

    static func grant(
        _ person: Person, _ consent: ConsentGranted = consent(), label: String = "s1/i1"
    ) throws -> MutationDraft {
        MutationDraft(
            entries: [try entry(.consent, consent, label)], subject: person.subject)
    }

    static func revoke(
        _ person: Person, _ consent: String, label: String = "s1/i1"
    ) throws -> MutationDraft {
        let event = ConsentRevoked(
            consentId: consent, revokedAt: "2026-06-01T00:00:00.000000Z", salt: Salt.random())
        return MutationDraft(
            entries: [try entry(.consent, event, label)], subject: person.subject)
    }

    /// - Parameter attributes: of the contact, by id, with their values as they were sealed anew.
    static func relabel(
        _ person: Person, from: String, to: String, version: UInt64?,
        attributes: [(id: String, value: String)] = [], reason: String = "case 7",
        key: IdempotencyTag? = nil
    ) throws -> MutationDraft {
        let event = ContactRelabelled(
            attributes: try attributes.map {
                .init(attributeId: $0.id, value: try sealed(Data($0.value.utf8)))
            },
            email: try sealed(person.email.data), entity: uuid(), fromLabel: from,
            fullName: try sealed(Data("sealed anew".utf8)), reason: reason)
        return MutationDraft(
            entries: [try entry(.contact, event, to)], subject: person.subject,
            idempotency: key.map { [$0] } ?? [], expectedVersion: version)
    }

    private static func attributes(
        _ types: [String], value: String = "value", label: String
    ) throws -> [EntryDraft] {
        let provenance = uuid()
        let ids = types.map { _ in uuid() }
        let first = try entry(
            .provenance,
            ProvenanceRecorded(
                attributes: ids, provenanceId: provenance, salt: Salt.random(),
                sourceIdentity: "crm-1", sourceType: .crm), label)
        return try [first]
            + zip(ids, types).map { id, type in
                try entry(
                    .contact,
                    AttributeEnriched(
                        attributeId: id, attributeType: type, confidence: 9_000,
                        provenanceId: provenance, validFrom: "2026-01-01T00:00:00.000000Z",
                        validUntil: nil, value: sealed(Data(value.utf8))), label)
            }
    }

    static func consent() -> ConsentGranted {
        ConsentGranted(
            consentId: uuid(), consentType: .explicitOptIn,
            grantedAt: "2026-01-01T00:00:00.000000Z", legalBasis: .consent,
            purposeCodes: ["sales", "support"], salt: Salt.random())
    }

    static func entry(
        _ stream: EntryStream, _ event: some LedgerEvent, _ label: String = "s1/i1"
    ) throws -> EntryDraft {
        EntryDraft(
            stream: stream, type: type(of: event).type, label: label,
            payload: EventCoding.encode(event))
    }

    static func uuid() -> String { UUID().uuidString.lowercased() }

    // MARK: - Appends

    static func append(
        _ mutations: [MutationDraft], by actor: LedgerActor = Drafts.actor
    ) -> AppendRequest {
        AppendRequest(
            actor: actor, mutations: mutations,
            audit: AuditDraft(
                category: .dataMutation, action: "contact.create", resourceType: "contact",
                subject: mutations.count == 1 ? mutations.first?.subject : nil,
                purpose: "sales", requestID: uuid()))
    }

    static func read() -> AppendRequest {
        AppendRequest(
            actor: actor, mutations: [],
            audit: AuditDraft(
                category: .dataAccess, action: "contact.read", resourceType: "contact",
                requestID: uuid()))
    }
}

/// A principal of the default clearance.
extension LedgerActor: ExpressibleByStringLiteral {
    public init(stringLiteral id: String) { self.init(id: id, clearance: .default) }
}

extension Ledger {
    func rotate(_ use: SigningKeyUse, by signer: LocalSigner) async throws(LedgerStoreError) {
        try await rotate(use, actor: "operator", requestID: "r") { try signer.begin(use) }
    }

    func erase(
        _ person: Drafts.Person, by signer: LocalSigner, actor: LedgerActor = "dpo-1"
    ) async throws(LedgerStoreError) -> ErasureResult {
        try await erase(contact: person.id, actor: actor, requestID: "r") {
            contact throws(LedgerStoreError) in try signer.ticket(contact.id)
        }
    }

    func prepare(_ items: [PrepareItem]) async throws(LedgerStoreError) -> [PreparedItem] {
        try await prepare(items, for: .default)
    }
}
