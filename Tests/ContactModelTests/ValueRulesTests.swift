import Foundation
import Testing

@testable import ContactModel

@Suite struct ValueRulesTests {
    static func code<Value>(_ body: () throws -> Value) -> ValidationError.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? ValidationError)?.code
        }
    }

    @Test(arguments: [
        ("Jane Doe", "Jane Doe"), ("  মৌসুমী হোসেন ", "মৌসুমী হোসেন"), ("Zoe\u{308}", "Zoë"),
        ("نیم\u{200C}فاصله", "نیم\u{200C}فاصله"),
        (String(repeating: "x", count: 512), String(repeating: "x", count: 512)),
    ])
    func namesOfAnyScriptAreKept(raw: String, text: String) throws {
        #expect(try Array(PersonName(raw).text.utf8) == Array(text.utf8))
    }

    @Test(arguments: [
        "", "   ", "Jane\nDoe", "Jane\u{0}", "Jane\u{202E}eoD", "Jane\u{2028}Doe", "\u{FFFE}",
        String(repeating: "x", count: 513), String(repeating: "é", count: 257),
        String(repeating: " ", count: 1 << 20),
    ])
    func namesWithControlsOrOfNoLengthAreRefused(raw: String) {
        #expect(Self.code { try PersonName(raw) } == .invalidName)
    }

    @Test(arguments: ["sales", "sales_outreach", "a", "0", String(repeating: "a", count: 64)])
    func purposes(raw: String) throws {
        #expect(try PurposeCode(raw).text == raw)
    }

    @Test(arguments: [
        "", "Sales", "sales outreach", "sales-x", "säles", String(repeating: "a", count: 65),
    ])
    func whatIsNoPurposeIsRefused(raw: String) {
        #expect(Self.code { try PurposeCode(raw) } == .invalidPurpose)
    }

    @Test func purposeListsAreBoundedAndDistinct() throws {
        #expect(Self.code { try PurposeCode.list([]) } == .invalidPurpose)
        #expect(try PurposeCode.list((0..<32).map { "p\($0)" }).count == 32)
        #expect(Self.code { try PurposeCode.list((0..<33).map { "p\($0)" }) } == .invalidPurpose)
        #expect { try PurposeCode.list(["a", "b", "a"]) } throws: {
            ($0 as? ValidationError)?.pointer == "/2"
        }
        #expect { try PurposeCode.list(["a", "B"]) } throws: {
            ($0 as? ValidationError)?.pointer == "/1"
        }
    }

    @Test(
        arguments: AttributeType.known + [
            "x-a", "x-shoe-size", "x-" + String(repeating: "a", count: 61),
        ])
    func attributeTypes(raw: String) throws {
        #expect(try AttributeType(raw).text == raw)
    }

    @Test(arguments: [
        "", "x-", "x-A", "x-a_b", "JobTitle", "shoeSize", "x-" + String(repeating: "a", count: 62),
    ])
    func otherAttributeTypesAreRefused(raw: String) {
        #expect(Self.code { try AttributeType(raw) } == .invalidAttributeType)
    }

    @Test func attributeValuesAreBoundedText() throws {
        #expect(try AttributeValue(" a\n\tb ").text == "a\n\tb")
        #expect(try AttributeValue(String(repeating: "x", count: 4_096)).text.utf8.count == 4_096)
        for bad in ["", " \n", "a\u{0}", "a\u{1B}[31m", String(repeating: "x", count: 4_097)] {
            #expect(Self.code { try AttributeValue(bad) } == .invalidAttributeValue)
        }
    }

    @Test(arguments: [
        (0.0, 0), (1.0, 10_000), (0.78, 7_800), (0.00004, 0), (0.00005, 1), (0.99995, 10_000),
    ])
    func confidenceIsKeptInTenThousandths(fraction: Double, kept: Int) throws {
        #expect(try Confidence(fraction).tenThousandths == kept)
    }

    @Test func everyTenThousandthReadsBack() throws {
        for kept in 0...10_000 {
            let confidence = try #require(Confidence(tenThousandths: kept))
            #expect(try Confidence(confidence.fraction) == confidence)
        }
        #expect(Confidence(tenThousandths: -1) == nil)
        #expect(Confidence(tenThousandths: 10_001) == nil)
    }

    @Test(arguments: [-0.0001, 1.0001, .nan, .infinity, -.infinity])
    func confidenceOutsideTheUnitIntervalIsRefused(fraction: Double) {
        #expect(Self.code { try Confidence(fraction) } == .invalidConfidence)
    }

    @Test func sourcesNameASystemUnlessItIsThePersonThemselves() throws {
        #expect(try ProvenanceSource(type: "DATA_SUBJECT", identity: nil).identity == nil)
        #expect(
            Self.code { try ProvenanceSource(type: "DATA_SUBJECT", identity: "jane") }
                == .invalidSource)
        for type in SourceType.allCases where type != .dataSubject {
            #expect(
                try ProvenanceSource(type: type.rawValue, identity: "crm:main-1.2_x").type == type)
            #expect(
                Self.code { try ProvenanceSource(type: type.rawValue, identity: nil) }
                    == .invalidSource)
        }
        for bad in ["", "jane@example.com", "a b", String(repeating: "a", count: 65), "ü"] {
            #expect(
                Self.code { try ProvenanceSource(type: "CRM", identity: bad) } == .invalidSource)
        }
        #expect(Self.code { try ProvenanceSource(type: "crm", identity: "x") } == .invalidSource)
    }

    @Test func validityEndsAfterItStarts() throws {
        let early = try #require(Timestamp(microsecondsSince1970: 1))
        let late = try #require(Timestamp(microsecondsSince1970: 2))
        #expect(try ValidityPeriod(from: early, until: late).until == late)
        #expect(try ValidityPeriod(from: early, until: nil).until == nil)
        #expect(Self.code { try ValidityPeriod(from: early, until: early) } == .invalidValidity)
        #expect(Self.code { try ValidityPeriod(from: late, until: early) } == .invalidValidity)
    }

    @Test func enumerationsAreTheDesigns() {
        #expect(
            ConsentType.allCases.map(\.rawValue) == [
                "EXPLICIT_OPT_IN", "DOUBLE_OPT_IN", "SOFT_OPT_IN", "OPT_OUT",
            ])
        #expect(LegalBasis.allCases.map(\.rawValue) == "ABCDEF".map { "GDPR_ART6_1\($0)" })
        #expect(Self.code { try ConsentType("explicit_opt_in") } == .invalidConsentType)
        #expect(Self.code { try LegalBasis("GDPR_ART6_1G") } == .invalidLegalBasis)
    }

    @Test func requestIDsIdempotencyKeysAndRefs() throws {
        #expect(try RequestID("a.B_9-").text == "a.B_9-")
        for bad in ["", "a b", "a:b", String(repeating: "a", count: 129)] {
            #expect(Self.code { try RequestID(bad) } == .invalidRequestID)
        }
        #expect(try IdempotencyKey("!~{}").text == "!~{}")
        for bad in ["", "a b", "é", "a\u{7F}", String(repeating: "a", count: 256)] {
            #expect(Self.code { try IdempotencyKey(bad) } == .invalidIdempotencyKey)
        }
        #expect(try Reference("row:1").text == "row:1")
        for bad in ["", "jane@example.com", "a b", String(repeating: "a", count: 129)] {
            #expect(Self.code { try Reference(bad) } == .invalidReference)
        }
    }

    @Test func idsAreVersion4AndReadBack() throws {
        var seen: Set<EntityID> = []
        for _ in 0..<1_000 {
            let id = EntityID.random()
            #expect(seen.insert(id).inserted)
            let text = id.text
            #expect(text.utf8.count == 36)
            #expect(Array(text)[14] == "4")
            #expect("89ab".contains(Array(text)[19]))
            #expect(try EntityID(text) == id)
            #expect(try EntityID(text.uppercased()) == id)
            #expect(UUID(uuidString: text)?.uuidString.lowercased() == text)
            #expect(EntityID(bytes: id.bytes) == id)
        }
        for bad in [
            "", "x", "3f2b8c1e5a0d4e8f9c7b2d1e0f3a4b5c", "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5g",
            "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c ", "3f2b8c1e_5a0d-4e8f-9c7b-2d1e0f3a4b5c",
        ] {
            #expect(Self.code { try EntityID(bad) } == .invalidID)
        }
        #expect(EntityID(bytes: [1, 2, 3]) == nil)
    }

    @Test func requestsAreBounded() throws {
        let email = try EmailAddress("jane@example.com")
        let consent = ConsentDraft(
            consentType: .explicitOptIn, legalBasis: .consent,
            purposes: try PurposeCode.list(["sales"]), grantedAt: nil)
        #expect(
            Self.code {
                try ContactDraft(email: email, fullName: nil, consents: [], attributes: [])
            } == .invalidConsents)
        #expect(
            Self.code {
                try ContactDraft(
                    email: email, fullName: nil, consents: Array(repeating: consent, count: 17),
                    attributes: [])
            } == .invalidConsents)
    }

    @Test func saltsAreSixteenFreshBytes() {
        let salts = Set((0..<1_000).map { _ in Salt.random() })
        #expect(salts.count == 1_000)
        #expect(salts.allSatisfy { $0.count == 16 })
    }
}
