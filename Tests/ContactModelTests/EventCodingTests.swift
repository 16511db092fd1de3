import Foundation
import Testing

@testable import ContactModel

@Suite struct EventCodingTests {
    static let sealed = EncryptedValue(
        authTag: Data(repeating: 1, count: 16), ciphertext: Data([0xFF, 0xFE]),
        iv: Data(repeating: 2, count: 12), keyId: "DEK-20261123")
    static let salt = Data(repeating: 0xFF, count: 16)
    static let saltText = "/////////////////////w=="
    static let sealedText =
        #"{"algorithm":"AES-256-GCM","authTag":"AQEBAQEBAQEBAQEBAQEBAQ==","ciphertext":"//4=","iv":"AgICAgICAgICAgIC","keyId":"DEK-20261123"}"#

    static func check<Event: LedgerEvent>(_ event: Event, _ text: String) throws {
        let data = try EventCoding.encode(event)
        #expect(String(decoding: data, as: UTF8.self) == text)
        #expect(try EventCoding.decode(Event.self, from: data) == event)
    }

    @Test func contactCreatedIsTheFormats() throws {
        let value = try #require(Self.sealed)
        try Self.check(
            ContactCreated(contactId: value, email: value, entity: "e", fullName: nil),
            #"{"contactId":\#(Self.sealedText),"email":\#(Self.sealedText),"entity":"e"}"#)
        try Self.check(
            ContactCreated(contactId: value, email: value, entity: "e", fullName: value),
            #"{"contactId":\#(Self.sealedText),"email":\#(Self.sealedText),"entity":"e","fullName":\#(Self.sealedText)}"#
        )
    }

    @Test func consentGrantedIsTheFormats() throws {
        try Self.check(
            ConsentGranted(
                consentId: "c", consentType: .doubleOptIn, grantedAt: "t", legalBasis: .contract,
                purposeCodes: ["sales", "a"], salt: Self.salt),
            #"{"consentId":"c","consentType":"DOUBLE_OPT_IN","grantedAt":"t","legalBasis":"GDPR_ART6_1B","purposeCodes":["sales","a"],"salt":"\#(Self.saltText)"}"#
        )
    }

    @Test func provenanceRecordedIsTheFormats() throws {
        try Self.check(
            ProvenanceRecorded(
                attributes: ["a"], provenanceId: "p", salt: Self.salt, sourceIdentity: "crm",
                sourceType: .crm),
            #"{"attributes":["a"],"provenanceId":"p","salt":"\#(Self.saltText)","sourceIdentity":"crm","sourceType":"CRM"}"#
        )
    }

    @Test func attributeEnrichedIsTheFormats() throws {
        let value = try #require(Self.sealed)
        try Self.check(
            AttributeEnriched(
                attributeId: "a", attributeType: "phone", confidence: 7_800, provenanceId: "p",
                validFrom: "t", validUntil: nil, value: value),
            #"{"attributeId":"a","attributeType":"phone","confidence":7800,"provenanceId":"p","validFrom":"t","value":\#(Self.sealedText)}"#
        )
    }

    @Test func auditEventIsTheFormats() throws {
        try Self.check(
            AuditEvent(
                action: "contact.create", category: .dataMutation,
                mutations: [
                    AuditMutation(
                        count: 3, first: 0, idempotencyKey: "aa", idempotencyRequest: "bb",
                        outcome: AuditMutation.appended),
                    AuditMutation(outcome: "CONFLICT"),
                ],
                outcome: .allowed, principal: "p", purpose: "sales", reason: nil, requestId: "r",
                resourceType: "contact", salt: Self.salt),
            #"{"action":"contact.create","category":"DATA_MUTATION","mutations":[{"count":3,"first":0,"idempotencyKey":"aa","idempotencyRequest":"bb","outcome":"APPENDED"},{"outcome":"CONFLICT"}],"outcome":"ALLOWED","principal":"p","purpose":"sales","requestId":"r","resourceType":"contact","salt":"\#(Self.saltText)"}"#
        )
    }

    @Test func keyAndSegmentEventsAreTheFormats() throws {
        try Self.check(
            KeyActivated(
                algorithm: "Ed25519", fromSize: 0, keyId: "k", name: "n", publicKey: Data([1]),
                salt: Self.salt, use: "checkpoint"),
            #"{"algorithm":"Ed25519","attestation":"none","fromSize":0,"keyId":"k","name":"n","publicKey":"AQ==","salt":"\#(Self.saltText)","use":"checkpoint"}"#
        )
        try Self.check(
            KeyRetired(keyId: "k", salt: Self.salt, untilSize: 9, use: "checkpoint"),
            #"{"keyId":"k","salt":"\#(Self.saltText)","untilSize":9,"use":"checkpoint"}"#)
        try Self.check(
            SegmentSealed(manifestHash: "ab", salt: Self.salt, segment: 1),
            #"{"manifestHash":"ab","salt":"\#(Self.saltText)","segment":1}"#)
    }

    @Test(arguments: [
        #"{"algorithm":"AES-128-GCM","authTag":"AQEBAQEBAQEBAQEBAQEBAQ==","ciphertext":"//4=","iv":"AgICAgICAgICAgIC","keyId":"DEK-20261123"}"#,
        #"{"algorithm":"AES-256-GCM","authTag":"AQ==","ciphertext":"//4=","iv":"AgICAgICAgICAgIC","keyId":"DEK-20261123"}"#,
        #"{"algorithm":"AES-256-GCM","authTag":"AQEBAQEBAQEBAQEBAQEBAQ==","ciphertext":"//4=","iv":"Ag==","keyId":"DEK-20261123"}"#,
        #"{"algorithm":"AES-256-GCM","authTag":"AQEBAQEBAQEBAQEBAQEBAQ==","ciphertext":"//4=","iv":"AgICAgICAgICAgIC","keyId":"DEK-2026112"}"#,
        #"{"algorithm":"AES-256-GCM","authTag":"AQEBAQEBAQEBAQEBAQEBAQ==","ciphertext":"//4=","iv":"AgICAgICAgICAgIC","keyId":"KEK-20261123"}"#,
    ])
    func aMalformedEncryptedValueIsRefused(text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(EncryptedValue.self, from: Data(text.utf8))
        }
    }
}
