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
        let data = EventCoding.encode(event)
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
            #"{"consentId":"c","consentType":"DOUBLE_OPT_IN","grantedAt":"t","legalBasis":"GDPR_ART6_1B","purposeCodes":["sales","a"],"salt":"\#(Self.saltText)","schemaVersion":"ISO/IEC TS 27560:2023"}"#
        )
        try Self.check(
            ConsentGranted(
                consentId: "c", consentType: .doubleOptIn, evidenceRef: Self.sealed,
                grantedAt: "t", legalBasis: .contract, purposeCodes: ["sales"], salt: Self.salt,
                terms: ConsentTerms(
                    controller: "acme", noticeRef: "https://acme.example/privacy/7",
                    language: "de-AT", jurisdiction: "AT", collectionMethod: "WEB_FORM")),
            #"{"collectionMethod":"WEB_FORM","consentId":"c","consentType":"DOUBLE_OPT_IN","controller":"acme","evidenceRef":\#(Self.sealedText),"grantedAt":"t","jurisdiction":"AT","language":"de-AT","legalBasis":"GDPR_ART6_1B","noticeRef":"https://acme.example/privacy/7","purposeCodes":["sales"],"salt":"\#(Self.saltText)","schemaVersion":"ISO/IEC TS 27560:2023"}"#
        )
    }

    /// As ledgers before version 2 have it, byte for byte.
    @Test func consentsOfVersion1AreRead() throws {
        try Self.check(
            ConsentGranted(
                consentId: "c", consentType: .doubleOptIn, grantedAt: "t", legalBasis: .contract,
                purposeCodes: ["sales", "a"], salt: Self.salt, schemaVersion: nil),
            #"{"consentId":"c","consentType":"DOUBLE_OPT_IN","grantedAt":"t","legalBasis":"GDPR_ART6_1B","purposeCodes":["sales","a"],"salt":"\#(Self.saltText)"}"#
        )
    }

    @Test func contactUpdatedAndConsentRevokedAreTheFormats() throws {
        let value = try #require(Self.sealed)
        let identity = ContactCreated(
            contactId: value, email: value, entity: "e", fullName: nil)
        try Self.check(
            ContactUpdated(identity: identity),
            #"{"contactId":\#(Self.sealedText),"email":\#(Self.sealedText),"entity":"e"}"#)
        try Self.check(
            ConsentRevoked(consentId: "c", revokedAt: "t", salt: Self.salt),
            #"{"consentId":"c","revokedAt":"t","salt":"\#(Self.saltText)"}"#)
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

    @Test func contactRelabelledIsTheFormats() throws {
        let value = try #require(Self.sealed)
        try Self.check(
            ContactRelabelled(
                attributes: [.init(attributeId: "a", value: value)], email: value, entity: "e",
                fromLabel: "s1/i1", fullName: value, reason: "case 7"),
            #"{"attributes":[{"attributeId":"a","value":\#(Self.sealedText)}],"email":\#(Self.sealedText),"entity":"e","fromLabel":"s1/i1","fullName":\#(Self.sealedText),"reason":"case 7"}"#
        )
        try Self.check(
            ContactRelabelled(
                attributes: [], email: value, entity: "e", fromLabel: "s1/i1", fullName: nil,
                reason: "r"),
            #"{"attributes":[],"email":\#(Self.sealedText),"entity":"e","fromLabel":"s1/i1","reason":"r"}"#
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

    @Test func anAuditEventTellsHowItsRequestCame() throws {
        let address = try #require(
            EncryptedValue(
                authTag: Data(count: 16), ciphertext: Data([1, 2, 3]), iv: Data(count: 12),
                keyId: "DEK-20261127"))
        let context = try #require(
            AuditContext(
                policyIDs: ["a.b", "c"], certificate: Data(repeating: 0xAB, count: 32),
                sourceAddress: address))
        try Self.check(
            AuditEvent(
                action: "contact.read", category: .dataAccess, outcome: .denied, principal: "p",
                purpose: nil, reason: "forbidden", requestId: "r", resourceType: "contact",
                salt: Self.salt, subjects: ["aa", "bb"], context: context),
            #"{"action":"contact.read","category":"DATA_ACCESS","certificateFingerprint":"\#(String(repeating: "ab", count: 32))","mutations":[],"outcome":"DENIED","policyIds":["a.b","c"],"principal":"p","reason":"forbidden","requestId":"r","resourceType":"contact","salt":"\#(Self.saltText)","sourceAddress":{"algorithm":"AES-256-GCM","authTag":"AAAAAAAAAAAAAAAAAAAAAA==","ciphertext":"AQID","iv":"AAAAAAAAAAAAAAAA","keyId":"DEK-20261127"},"subjects":["aa","bb"]}"#
        )
    }

    @Test func whatIsToldOfARequestIsBounded() throws {
        let id = String(repeating: "i", count: 64)
        func isTaken(_ ids: [String], _ certificate: Data? = nil, address: Int = 1) -> Bool {
            AuditContext(
                policyIDs: ids, certificate: certificate,
                sourceAddress: EncryptedValue(
                    authTag: Data(count: 16), ciphertext: Data(count: address),
                    iv: Data(count: 12), keyId: "DEK-20261127")) != nil
        }
        #expect(isTaken([String](repeating: id, count: 32), Data(count: 32), address: 64))
        #expect(!isTaken([String](repeating: id, count: 33)))
        for bad in ["", id + "i", "é", "a\nb"] { #expect(!isTaken([bad])) }
        #expect(!isTaken([], Data(count: 31)))
        #expect(!isTaken([], address: 65))
    }

    @Test(arguments: [nil, 7])
    func policiesAreTheFormats(expected: UInt64?) throws {
        let version = expected.map { #""expected":\#($0),"# } ?? ""
        try Self.check(
            PolicySetActivated(
                certificate: Data([1]), expected: expected, salt: Self.salt,
                signature: "sig=:AQ==:",
                signatureInput: #"sig=("@method")"#, text: "forbid (\"é\");\n", textHash: "ab"),
            #"{"certificate":"AQ==",\#(version)"salt":"\#(Self.saltText)","signature":"sig=:AQ==:","signatureInput":"sig=(\"@method\")","text":"forbid (\"é\");\n","textHash":"ab"}"#
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
        try Self.check(
            TPMAnchored(
                certifyAttest: Data([1]), certifySignature: Data([1]), occasion: "START",
                reason: "r", root: "ab", salt: Self.salt, size: 7),
            #"{"certifyAttest":"AQ==","certifySignature":"AQ==","occasion":"START","reason":"r","root":"ab","salt":"\#(Self.saltText)","size":7}"#
        )
    }

    @Test(arguments: [
        #"{"algorithm":"AES-128-GCM","authTag":"AQEBAQEBAQEBAQEBAQEBAQ==","ciphertext":"//4=","iv":"AgICAgICAgICAgIC","keyId":"DEK-20261123"}"#,
        #"{"algorithm":"AES-256-GCM","authTag":"AQ==","ciphertext":"//4=","iv":"AgICAgICAgICAgIC","keyId":"DEK-20261123"}"#,
        #"{"algorithm":"AES-256-GCM","authTag":"AQEBAQEBAQEBAQEBAQEBAQ==","ciphertext":"//4=","iv":"Ag==","keyId":"DEK-20261123"}"#,
        #"{"algorithm":"AES-256-GCM","authTag":"AQEBAQEBAQEBAQEBAQEBAQ==","ciphertext":"//4=","iv":"AgICAgICAgICAgIC","keyId":"DEK-2026112"}"#,
        #"{"algorithm":"AES-256-GCM","authTag":"AQEBAQEBAQEBAQEBAQEBAQ==","ciphertext":"//4=","iv":"AgICAgICAgICAgIC","keyId":"KEK-20261123"}"#,
    ])
    func aMalformedEncryptedValueIsRefused(text: String) throws {
        let payload = #"{"contactId":\#(Self.sealedText),"email":\#(text),"entity":"e"}"#
        #expect(throws: PayloadError.self) {
            try EventCoding.decode(ContactCreated.self, from: Data(payload.utf8))
        }
    }

    static let consent = ConsentGranted(
        consentId: "c", consentType: .doubleOptIn, grantedAt: "t", legalBasis: .contract,
        purposeCodes: ["sales", "a"], salt: salt)

    @Test(arguments: [
        // Every one the same JSON to a lenient reader, or nearly so.
        (#","consentType""#, #", "consentType""#), (#""grantedAt":"t","#, ""),
        (
            #""grantedAt":"t","legalBasis":"GDPR_ART6_1B""#,
            #""legalBasis":"GDPR_ART6_1B","grantedAt":"t""#
        ),
        (#""grantedAt":"t""#, #""grantedAt":"t","grantedAt":"t""#),
        (#""grantedAt":"t""#, #""grantedAt":"\u0074""#),
        (#""grantedAt":"t""#, #""grantedAt":null"#),
        (#""grantedAt":"t""#, #""grantedAt":"t","h":1"#), ("DOUBLE_OPT_IN", "DOUBLE"),
        ("}", #","unknown":1}"#), ("}", "}\n"), ("}", ""), ("w==", "x=="), ("w==", "w="),
        ("w==", "w"), ("[\"sales\",\"a\"]", "[\"sales\",]"), ("[\"sales\",\"a\"]", "[1]"),
    ])
    func anySpellingButTheCanonicalOneIsRefused(part: String, other: String) throws {
        let text = String(decoding: EventCoding.encode(Self.consent), as: UTF8.self)
        let changed = text.replacingOccurrences(of: part, with: other)
        #expect(changed != text)
        #expect(throws: PayloadError.self) {
            try EventCoding.decode(ConsentGranted.self, from: Data(changed.utf8))
        }
    }

    @Test(arguments: [
        "", "{", "}", "[]", "null", "\u{0}", #"{"manifestHash":"ab","salt":"","segment":01}"#,
        #"{"manifestHash":"ab","salt":"","segment":-1}"#,
        #"{"manifestHash":"ab","salt":"","segment":1.0}"#,
        #"{"manifestHash":"ab","salt":"","segment":9007199254740992}"#,
        #"{"manifestHash":"ab","salt":"","segment":99999999999999999999999}"#,
        #"{"manifestHash":"ab\u004"#, #"{"manifestHash":"\"#,
    ])
    func whatIsNoPayloadIsRefused(text: String) throws {
        #expect(throws: PayloadError.self) {
            try EventCoding.decode(SegmentSealed.self, from: Data(text.utf8))
        }
    }

    /// A byte of a payload is never read as anything that would be written differently.
    @Test func everyOneByteChangeIsRefusedOrReadBackAsItself() throws {
        let bytes = EventCoding.encode(Self.consent)
        var accepted = 0
        for position in bytes.indices {
            for byte in UInt8.min...UInt8.max where byte != bytes[position] {
                var changed = bytes
                changed[position] = byte
                guard let event = try? EventCoding.decode(ConsentGranted.self, from: changed) else {
                    continue
                }
                accepted += 1
                #expect(EventCoding.encode(event) == changed)
            }
            #expect(throws: PayloadError.self) {
                try EventCoding.decode(ConsentGranted.self, from: bytes[..<position])
            }
        }
        // Letters of free texts and of the salt's base64 may be others.
        #expect(accepted > 1_000)
    }

    @Test func textsOfEveryKindComeBackAsTheyWere() throws {
        let scalars = (0...0x2FF).compactMap(Unicode.Scalar.init) + ["\u{2028}", "😀"]
        for scalar in scalars {
            let event = SegmentSealed(
                manifestHash: "a" + String(Character(scalar)) + "b", salt: Data(), segment: 0)
            let bytes = EventCoding.encode(event)
            #expect(try EventCoding.decode(SegmentSealed.self, from: bytes) == event)
            let foundation = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
            #expect(foundation?["manifestHash"] as? String == event.manifestHash)
        }
    }

    @Test func base64IsFoundationsForEveryLength() throws {
        var generator = SystemRandomNumberGenerator()
        for count in 0..<100 {
            let data = Data((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
            var text: [UInt8] = []
            Base64.append(data, to: &text)
            #expect(String(decoding: text, as: UTF8.self) == data.base64EncodedString())
            #expect(Base64.decode(text[...]) == data)
        }
    }
}
