import Foundation
import Testing

@testable import ContactModel

@Suite struct ProvenanceTests {
    /// As ledgers of before have it: read, and told apart from what is written now.
    @Test func aRecordOfTheFirstVersionIsReadAsItStands() throws {
        let old =
            #"{"attributes":["a","b"],"provenanceId":"p","salt":"\#(EventCodingTests.saltText)","sourceIdentity":"crm","sourceType":"CRM"}"#
        let event = try EventCoding.decode(ProvenanceRecorded.self, from: Data(old.utf8))
        #expect(event.attributedData == nil && event.attributes == ["a", "b"])
        #expect(event.sourceIdentity == "crm" && event.sourceType == .crm)
        // Whoever writes it again writes the same bytes.
        #expect(EventCoding.encode(event) == Data(old.utf8))
    }

    @Test func theSecondVersionIsTheFormats() throws {
        let salt = try #require(EventCodingTests.sealed)
        try EventCodingTests.check(
            ProvenanceRecorded(
                attributedData: AttributedDataSeal(hash: "ab", salt: salt), attributes: ["a"],
                provenanceId: "p", salt: EventCodingTests.salt, sourceIdentity: nil,
                sourceType: .dataSubject),
            #"{"attributedDataHash":"ab","attributedDataSalt":\#(EventCodingTests.sealedText),"attributes":["a"],"provenanceId":"p","salt":"\#(EventCodingTests.saltText)","sourceType":"DATA_SUBJECT"}"#
        )
    }

    @Test(arguments: [
        #"{"attributedDataHash":"ab","attributes":["a"],"#,
        #"{"attributedDataSalt":\#(EventCodingTests.sealedText),"attributes":["a"],"#,
    ])
    func aHashComesWithItsSalt(head: String) {
        let payload =
            head
            + #""provenanceId":"p","salt":"\#(EventCodingTests.saltText)","sourceType":"DATA_SUBJECT"}"#
        #expect(throws: PayloadError.self) {
            try EventCoding.decode(ProvenanceRecorded.self, from: Data(payload.utf8))
        }
    }

    @Test func attributedDataIsTheFormats() {
        let data = AttributedData(attributes: [
            .init(
                id: "2", type: "phone", confidence: 9_500, validFrom: "t", validUntil: nil,
                value: "+49 \"1\"\n\u{e9}"),
            .init(
                id: "1", type: "x-a", confidence: 0, validFrom: "t", validUntil: "u", value: "v"),
        ])
        #expect(
            String(decoding: data.canonicalBytes, as: UTF8.self)
                == #"{"attributes":[{"attributeId":"2","attributeType":"phone","confidence":9500,"validFrom":"t","value":"+49 \"1\"\né"},"#
                + #"{"attributeId":"1","attributeType":"x-a","confidence":0,"validFrom":"t","validUntil":"u","value":"v"}]}"#
        )
        #expect(
            String(decoding: AttributedData().canonicalBytes, as: UTF8.self)
                == #"{"attributes":[]}"#)
    }

    /// What is hashed when it is recorded is what is hashed when it is read again.
    @Test func aDraftAndItsEventAreTheSameData() throws {
        let now = try #require(Timestamp(text: "2026-11-27T12:00:00.000000Z"))
        let draft = AttributeDraft(
            type: try AttributeType("phone"), value: try AttributeValue(" +49 30 1 "),
            confidence: try Confidence(0.95),
            source: try ProvenanceSource(type: "CRM", identity: "crm"),
            validity: try ValidityPeriod(from: now, until: nil))
        let event = AttributeEnriched(
            attributeId: "a", attributeType: "phone",
            confidence: draft.confidence.tenThousandths, provenanceId: "p",
            validFrom: now.text, validUntil: nil, value: try #require(EventCodingTests.sealed))
        #expect(
            AttributedData.Attribute(draft, id: "a")
                == AttributedData.Attribute(event, value: "+49 30 1"))
    }
}
