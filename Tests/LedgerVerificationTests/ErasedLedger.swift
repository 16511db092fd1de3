import Crypto
import Foundation
import LedgerFormat
import LedgerVerification

/// A ledger in which two subjects were erased, and the certificates that its keeper gives out.
struct ErasedLedger {
    let fixture: LedgerFixture
    let api = P384.Signing.PrivateKey()
    /// Of the first subject: an answer in part, the order, two notices, a delivery, the end. Then the same of the second.
    private let places: [[UInt64]]

    init() throws {
        fixture = try LedgerFixture()
        try fixture.trust(fixture.trust.generations[0].keys + [Self.key(api)])
        try fixture.begin()
        try fixture.activateKeys()
        var places: [[UInt64]] = []
        for subject: UInt8 in [1, 2] {
            let first = fixture.frontier.size
            try fixture.group(Self.story(of: subject, from: first))
            places.append(Array(first..<first + 6))
        }
        try fixture.close()
        self.places = places
    }

    static func key(_ api: P384.Signing.PrivateKey) throws -> TrustedKey {
        try TrustedKey(
            use: .receipt, algorithm: .ecdsaP384, name: "KEK-API",
            publicKey: Array(api.publicKey.derRepresentation), fromSize: 0, untilSize: nil)
    }

    private static func story(of subject: UInt8, from first: UInt64) throws -> [EntryDraft] {
        let order = "01900000-0000-7000-8000-" + String(format: "%012x", first + 1)
        func notice(_ recipient: String) -> String {
            #"{"recipient":"\#(recipient)","requestId":"\#(order)"}"#
        }
        return [
            ("DSRCompleted", #"{"outcome":"PARTIALLY_COMPLETED","reasons":["LEGAL_HOLD"]}"#),
            ("ErasureOrdered", "{}"), ("RecipientNoticeQueued", notice("crm-1")),
            ("RecipientNoticeQueued", notice("erp-2")),
            ("RecipientNotified", #"{"recipient":"crm-1","requestId":"\#(order)"}"#),
            (
                "SubjectErased",
                #"{"epochAfter":\#(3 + subject),"epochBefore":\#(2 + subject),"ordered":\#(first + 1)}"#
            ),
        ].map { type, payload in
            var draft = EntryDraft.subject(subject)
            draft.stream = .dsr
            draft.type = type
            draft.payload = Array(payload.utf8)
            return draft
        }
    }

    func entries(_ subject: Int = 0) throws -> [SubjectEvidence.Entry] {
        try places[subject].map { index in
            SubjectEvidence.Entry(
                header: Data(fixture.headers[Int(index)]),
                payload: Data(fixture.payloads[Int(index)]),
                receipt: Data(
                    try ReceiptVerifierTests.receipt(
                        fixture, index: index, size: fixture.frontier.size)))
        }
    }

    static let escrow = EscrowHorizon(
        remaining: [.init(epoch: 3, issuedAt: time)], destroyed: 2, lastDestroyedAt: time)
    private static let time = LedgerTime(clampingSeconds: 1_790_000_000, nanoseconds: 0)

    func certificate(
        _ entries: [SubjectEvidence.Entry]? = nil, escrow: EscrowHorizon? = escrow
    ) throws -> ErasureCertificate {
        try ErasureCertificate(
            entries: entries ?? self.entries(), escrow: escrow,
            origin: Test.unwrap(LedgerOrigin(TestKeys.origin)), issuedAt: Self.time)
    }

    /// - Parameter body: of something else than the certificate says.
    func sign(
        _ body: [UInt8], by key: P384.Signing.PrivateKey? = nil,
        as content: ReceiptSignature.Content = .erasure
    ) throws -> ReceiptSignature {
        let key = key ?? api
        let keyID = try Self.key(key).keyID
        let message = ReceiptSignature.signingInput(keyID: keyID, receipt: body, of: content)
        let value = Array(try key.signature(for: message).rawRepresentation)
        return try Test.unwrap(ReceiptSignature(keyID: keyID, value: value, of: content))
    }

    func document(by key: P384.Signing.PrivateKey? = nil) throws -> [UInt8] {
        let certificate = try certificate()
        return try certificate.bytes(signature: sign(certificate.body(), by: key))
    }

    /// A document whose body says something else, signed again by the keeper's own key.
    func forged(_ old: String, _ new: String) throws -> [UInt8] {
        let text = String(decoding: try certificate().body(), as: UTF8.self)
        guard text.contains(old) else { throw Test.Missing() }
        let body = Array(text.replacing(old, with: new).utf8)
        let signature = try sign(body).text
        return Array(#"{"certificate":"#.utf8) + body
            + Array(#","signature":"\#(signature)"}"#.utf8)
    }
}
