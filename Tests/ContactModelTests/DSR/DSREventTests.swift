import ContactModel
import Foundation
import Testing

@Suite struct DSREventTests {
    private static let request = "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c"
    private static let salt = Data(repeating: 7, count: 16)
    private static let sealed = EncryptedValue(
        authTag: Data(repeating: 1, count: 16), ciphertext: Data([2, 3]),
        iv: Data(repeating: 4, count: 12), keyId: "DEK-20261127")

    private static func events() throws -> [(any LedgerEvent, String?)] {
        let words = try #require(sealed)
        return [
            (
                DSRReceived(
                    channel: .email, jurisdiction: "US-CA", kind: .optOut,
                    purposeCodes: ["sales"], receivedAt: "2026-01-31T10:00:00.000000Z",
                    requestId: request, salt: salt, words: words), nil
            ),
            (
                DSRReceived(
                    channel: .post, jurisdiction: "DE", kind: .access, purposeCodes: [],
                    receivedAt: "2026-01-31T10:00:00.000000Z", requestId: request, salt: salt),
                #"{"channel":"POST","jurisdiction":"DE","kind":"GDPR_ART15_ACCESS","purposeCodes":[],"receivedAt":"2026-01-31T10:00:00.000000Z","requestId":"3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c","salt":"BwcHBwcHBwcHBwcHBwcHBw=="}"#
            ),
            (
                DSRIdentityVerified(
                    evidenceRef: words, method: .identityDocument, requestId: request, salt: salt),
                nil
            ),
            (DSRStarted(requestId: request, salt: salt), nil),
            (DSRExtended(reason: .complexity, requestId: request, salt: salt), nil),
            (
                DSRCompleted(
                    outcome: .partiallyCompleted, reasons: [.legalHold, .legalClaims],
                    requestId: request, salt: salt),
                #"{"outcome":"PARTIALLY_COMPLETED","reasons":["LEGAL_HOLD","ART17_3E_LEGAL_CLAIMS"],"requestId":"3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c","salt":"BwcHBwcHBwcHBwcHBwcHBw=="}"#
            ),
            (DSRCancelled(reason: .withdrawn, requestId: request, salt: salt), nil),
            (
                RecipientNoticeQueued(
                    omitted: 3, recipient: "crm-1", requestId: request, salt: salt),
                #"{"omitted":3,"recipient":"crm-1","requestId":"3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c","salt":"BwcHBwcHBwcHBwcHBwcHBw=="}"#
            ),
            (
                RecipientNotified(
                    channel: .email, notifiedAt: "2026-01-31T10:00:00.000000Z",
                    recipient: "crm-1", requestId: request, salt: salt),
                #"{"channel":"EMAIL","notifiedAt":"2026-01-31T10:00:00.000000Z","recipient":"crm-1","requestId":"3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c","salt":"BwcHBwcHBwcHBwcHBwcHBw=="}"#
            ),
            (ProcessingRestricted(requestId: request, salt: salt), nil),
            (ProcessingRestrictionLifted(requestId: request, salt: salt), nil),
            (
                ObjectionRecorded(
                    objectedAt: "2026-01-31T10:00:00.000000Z", purposeCodes: ["sales"],
                    requestId: request, salt: salt), nil
            ),
        ]
    }

    @Test func everyEventReadsBackAndNamesItsRequest() throws {
        var types: Set<String> = []
        for (event, text) in try Self.events() {
            let type = Swift.type(of: event).type
            let payload = EventCoding.encode(event)
            if let text { #expect(String(decoding: payload, as: UTF8.self) == text) }
            let read = try #require(try DSREvent(type: type, payload: payload))
            #expect(read.requestID == Self.request)
            types.insert(type)
        }
        #expect(types == Set(DSREvent.types))
        #expect(try DSREvent(type: "SubjectErased", payload: Data()) == nil)
    }

    /// A notice from before recipients could be omitted reads as one beside which none are.
    @Test func aNoticeOfTheFirstVersionReads() throws {
        let text = #"{"recipient":"crm-1","requestId":"r","salt":"BwcHBwcHBwcHBwcHBwcHBw=="}"#
        let event = try EventCoding.decode(RecipientNoticeQueued.self, from: Data(text.utf8))
        #expect(event.omitted == nil && EventCoding.encode(event) == Data(text.utf8))
    }

    @Test func holdsReadBack() throws {
        let salt = Data(repeating: 7, count: 16)
        for until in [nil, "2026-01-31T10:00:00.000000Z"] {
            let placed = LegalHoldPlaced(
                holdId: Self.request, reason: .authorityOrder, salt: salt, until: until)
            let read = try EventCoding.decode(
                LegalHoldPlaced.self, from: EventCoding.encode(placed))
            #expect(read == placed && LegalHold(read)?.until?.text == until)
        }
        let released = LegalHoldReleased(holdId: Self.request, salt: salt)
        #expect(
            try EventCoding.decode(LegalHoldReleased.self, from: EventCoding.encode(released))
                == released)
        let hold = LegalHold(
            id: try EntityID(Self.request), reason: .courtOrder,
            until: Timestamp(text: "2026-01-31T10:00:00.000000Z"))
        let now = try #require(hold.until)
        #expect(!hold.isInForce(at: now))
        #expect(
            hold.isInForce(
                at: try #require(
                    Timestamp(microsecondsSince1970: now.microsecondsSince1970 - 1))))
    }

    @Test func anUnknownReasonOrKindIsRefused() throws {
        for (old, new) in [("LEGAL_HOLD", "LEGAL_HOPE"), ("PARTIALLY", "MOSTLY")] {
            let (event, _) = try Self.events()[5]
            let text = String(decoding: EventCoding.encode(event), as: UTF8.self)
                .replacing(old, with: new)
            #expect(throws: PayloadError.self) {
                try DSREvent(type: DSRCompleted.type, payload: Data(text.utf8))
            }
        }
    }

    @Test(
        arguments: [
            "", "de", "DEU", "D", "US-", "US-CALI", "US-ca", "US-CA-SF", "ＤＥ", "-CA", "D1",
        ])
    func whatIsNoJurisdictionIsRefused(text: String) {
        #expect(throws: ValidationError.self) { try Jurisdiction(text) }
    }

    @Test(arguments: ["DE", "EU", "US-CA", "GB-ENG", "FR-75"])
    func jurisdictionsAreByISO3166(text: String) throws {
        #expect(try Jurisdiction(text).text == text)
    }

    @Test func wordsAreBoundedTextWithLineEnds() throws {
        #expect(try RequestWords(" Bitte löschen.\nDanke\t! ").text == "Bitte löschen.\nDanke\t!")
        for text in [
            "", " ", "a\u{0}b", "a\u{202E}b", String(repeating: "x", count: 4_097),
        ] {
            #expect(throws: ValidationError.self) { try RequestWords(text) }
        }
    }
}
