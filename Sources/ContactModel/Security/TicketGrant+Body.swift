public import Foundation

// Canonical JSON (FORMAT 1 and 9.4):
// {"attempt":N,"enrichment":UUID,"expiresAt":SECONDS,"generation":N,"index":N,"label":LABEL,"origin":TEXT,"purpose":TEXT,
//  "subject":BASE64} and, of a vendor's, "vendor":TEXT.

extension TicketGrant {
    /// Far above what the bounds of its members allow.
    public static let bodyBytes = 4_096

    /// What is carried and signed.
    public var body: Data {
        var writer = PayloadWriter()
        writer.object { body in
            body.integer("attempt", attempt)
            body.text("enrichment", enrichment.text)
            body.integer("expiresAt", Int64(expiresAt.timeIntervalSince1970))
            body.integer("generation", generation)
            body.integer("index", index)
            body.text("label", label.text)
            body.text("origin", origin)
            body.text("purpose", purpose)
            body.binary("subject", subject)
            body.text("vendor", vendor)
        }
        return Data(writer.bytes)
    }

    /// What the keeper's ticket key signs: a domain that no other signature of that key has, then the body.
    public static func signedMessage(of body: Data) -> Data {
        Data("chancery/ticket/v1\n".utf8) + body
    }

    /// - Throws: ``PayloadError`` for what is longer than ``bodyBytes``, or not exactly as ``body`` writes it.
    public init(body: Data) throws(PayloadError) {
        guard body.count <= Self.bodyBytes else { throw PayloadError(offset: Self.bodyBytes) }
        var reader = PayloadReader(body)
        self = try reader.object { reader throws(PayloadError) in
            try TicketGrant(members: &reader)
        }
        try reader.finish()
        guard self.body == body else { throw PayloadError(offset: 0) }
    }

    private init(members: inout PayloadReader) throws(PayloadError) {
        attempt = Int(try members.integer("attempt"))
        guard let enrichment = try? EntityID(members.text("enrichment")) else {
            throw members.failure
        }
        self.enrichment = enrichment
        expiresAt = Date(timeIntervalSince1970: Double(try members.integer("expiresAt")))
        generation = try members.integer("generation")
        index = try members.integer("index")
        guard let label = try? SecurityLabel(members.text("label")) else { throw members.failure }
        self.label = label
        origin = try members.text("origin")
        purpose = try members.text("purpose")
        subject = try members.binary("subject")
        guard subject.count == 16 else { throw members.failure }
        vendor = try members.optionalText("vendor")
    }
}
