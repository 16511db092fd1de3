import Foundation
import Testing

@testable import ContactModel

@Suite struct SharingTests {
    static let noon = Timestamp(text: "2026-11-27T12:00:00.000000Z")
    static let later = Timestamp(text: "2026-11-27T12:00:00.000001Z")

    static func draft(
        purpose: String = "sales", basis: LegalBasis = .consent,
        attributes: [String] = ["email"], expiresAt: Timestamp? = nil
    ) throws -> SharingDraft {
        try SharingDraft(
            recipient: Recipient(id: "mailer-1", name: "Mailer Ltd"),
            purpose: PurposeCode(purpose), legalBasis: basis,
            attributes: SharedAttribute.list(attributes), sharedAt: #require(noon),
            expiresAt: expiresAt)
    }

    private func refusal(_ body: () throws -> Void) -> ValidationError? {
        do {
            try body()
            return nil
        } catch {
            return error as? ValidationError
        }
    }

    @Test(arguments: [
        ("", "/id"), ("a b", "/id"), ("jane@example.com", "/id"), ("é", "/id"), ("a\n", "/id"),
        (String(repeating: "a", count: 65), "/id"), ("ok", "/name"),
    ])
    func aRecipientIsASystem(id: String, pointer: String) {
        let name = pointer == "/name" ? "" : "Mailer Ltd"
        let error = refusal { _ = try Recipient(id: id, name: name) }
        #expect(error?.code == .invalidRecipient && error?.pointer == pointer)
        #expect(!(error?.message.contains(id.isEmpty ? "\u{0}" : id + "!") ?? true))
    }

    @Test(arguments: [
        "\u{202E}Ltd", "a\u{0}b", " ", String(repeating: "é", count: 129), "a\nb",
    ])
    func aRecipientsNameIsOneLineOfText(name: String) {
        let error = refusal { _ = try Recipient(id: "a", name: name) }
        #expect(error?.code == .invalidRecipient && error?.pointer == "/name")
    }

    @Test func aRecipientsNameIsNormalized() throws {
        let recipient = try Recipient(id: "A.b_c:d-9", name: "  Cafe\u{301} ")
        #expect(recipient.name == "Café" && recipient.name.utf8.count == 5)
        #expect(recipient.id.text == "A.b_c:d-9")
    }

    @Test func whatIsSharedIsNamedOnceAndKnown() throws {
        let all = ["email", "fullName", "jobTitle", "x-a"]
        #expect(try SharedAttribute.list(all).map(\.text) == all)
        #expect(refusal { _ = try SharedAttribute.list([]) }?.code == .invalidAttributes)
        let many = (0..<65).map { "x-\($0)" }
        #expect(try SharedAttribute.list(Array(many.dropLast())).count == 64)
        #expect(refusal { _ = try SharedAttribute.list(many) }?.code == .invalidAttributes)
        let twice = refusal { _ = try SharedAttribute.list(["email", "phone", "email"]) }
        #expect(twice?.code == .invalidAttributes && twice?.pointer == "/2")
        let unknown = refusal { _ = try SharedAttribute.list(["email", "Email"]) }
        #expect(unknown?.code == .invalidAttributeType && unknown?.pointer == "/1")
    }

    @Test func onlyWhatTheContactHasIsShared() throws {
        let draft = try Self.draft(attributes: ["email", "phone"])
        let phone = try SharedAttribute("phone")
        try draft.check(against: [.email, .fullName, phone])
        let error = refusal { try draft.check(against: [.email, .fullName]) }
        #expect(error?.code == .invalidAttributes && error?.pointer == "/attributes/1")
    }

    @Test func itEndsAfterItBegan() throws {
        #expect(try Self.draft(expiresAt: Self.later).expiresAt == Self.later)
        let error = refusal { _ = try Self.draft(expiresAt: Self.noon) }
        #expect(error?.code == .invalidValidity && error?.pointer == "/expiresAt")
    }

    /// Every basis named with every basis there is, opted out of or not, before and after, revoked or not.
    @Test func itsOwnLegalBasisMustCoverThePurposeNow() throws {
        func ground(
            _ basis: LegalBasis, _ type: ConsentType, _ purpose: String, at: Int,
            isRevoked: Bool = false
        ) -> LegalGround {
            LegalGround(
                legalBasis: basis,
                statement: PurposeStatement(
                    consentType: type, purposes: [purpose],
                    grantedAt: "2026-11-2\(at)T12:00:00.000000Z", isRevoked: isRevoked))
        }
        for named in LegalBasis.allCases {
            for there in LegalBasis.allCases {
                for isRevoked in [false, true] {
                    for (purpose, fits) in [
                        ("sales", true), ("sales_outreach", true), ("marketing", false),
                    ] {
                        let draft = try Self.draft(purpose: purpose, basis: named)
                        let grounds = [
                            ground(there, .explicitOptIn, "sales", at: 1, isRevoked: isRevoked)
                        ]
                        let isCovered = named == there && !isRevoked && fits
                        #expect(draft.isCovered(by: grounds) == isCovered)
                        // An opt-out counts under whatever letter it stands.
                        for (day, ends) in [(0, false), (1, true), (2, true)] {
                            let objection = ground(.legitimateInterests, .optOut, "sales", at: day)
                            #expect(
                                draft.isCovered(by: grounds + [objection]) == (isCovered && !ends))
                        }
                    }
                }
            }
        }
        #expect(try !Self.draft().isCovered(by: []))
        #expect(try !Self.draft().isCovered(by: [ground(.consent, .optOut, "sales", at: 1)]))
    }

    @Test func itIsActiveUntilItExpiresOrIsRevoked() throws {
        let (noon, later) = (try #require(Self.noon), try #require(Self.later))
        for (expiry, isRevoked, expected) in [
            (nil, false, .active), (later, false, .active), (noon, false, .expired),
            (nil, true, .revoked), (later, true, .revoked), (noon, true, .revoked),
        ] as [(Timestamp?, Bool, SharingState)] {
            #expect(SharingState(expiresAt: expiry, isRevoked: isRevoked, at: noon) == expected)
        }
    }

    @Test func theEventsAreTheFormats() throws {
        let name = try #require(EventCodingTests.sealed)
        let id = "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c"
        let open = SharingRecorded(try Self.draft(), id: id, recipientName: name)
        let head = #"{"attributes":["email"],"#
        let tail =
            #""legalBasis":"GDPR_ART6_1A","purpose":"sales","recipientId":"mailer-1","recipientName":\#(EventCodingTests.sealedText),"sharedAt":"2026-11-27T12:00:00.000000Z","sharingId":"\#(id)"}"#
        try EventCodingTests.check(open, head + tail)
        let bounded = SharingRecorded(
            try Self.draft(expiresAt: Self.later), id: id, recipientName: name)
        try EventCodingTests.check(
            bounded, head + #""expiresAt":"2026-11-27T12:00:00.000001Z","# + tail)
        try EventCodingTests.check(
            SharingRevoked(salt: EventCodingTests.salt, sharingId: id),
            #"{"salt":"\#(EventCodingTests.saltText)","sharingId":"\#(id)"}"#)
        #expect(open.isWellFormed && bounded.isWellFormed)
        #expect(SharingRecorded.stream == "sharing" && SharingRevoked.stream == "sharing")
    }

    /// A taken-over gateway makes no row that a page of others would choke on.
    @Test func aMalformedRecordIsTold() throws {
        let name = try #require(EventCodingTests.sealed)
        let large = try #require(
            EncryptedValue(
                authTag: Data(count: 16), ciphertext: Data(count: 257), iv: Data(count: 12),
                keyId: "DEK-20261123"))
        let changes: [(inout SharingRecorded) -> Void] = [
            { $0.sharingId = $0.sharingId.uppercased() }, { $0.sharingId = "x" },
            { $0.recipientId = "a b" }, { $0.purpose = "Sales" }, { $0.attributes = [] },
            { $0.attributes = ["email", "email"] }, { $0.sharedAt = "2026-11-27" },
            { $0.expiresAt = "" }, { $0.expiresAt = $0.sharedAt }, { $0.recipientName = large },
        ]
        for change in changes {
            var event = SharingRecorded(
                try Self.draft(), id: EntityID.random().text, recipientName: name)
            #expect(event.isWellFormed)
            change(&event)
            #expect(!event.isWellFormed)
        }
    }
}
