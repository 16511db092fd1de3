// FORMAT 9.14: canonical JSON
//   {"certificate":BODY,"signature":"BASE64URL(header)..BASE64URL(r ‖ s)"}
//   BODY = {"entries":[{"header":base64,"payload":base64,"receipt":base64},…],"epochAfter":n,"epochBefore":n,"erasedAt":time,
//    "escrow":null | {"destroyed":n,"lastDestroyedAt":time | null,"remaining":[{"epoch":n,"issuedAt":time,"until":"DESTROYED"},…]},
//    "exceptions":[…],"format":"chancery-erasure/1","generation":n,"issuedAt":time,"omittedRecipients":n,"origin":…,
//    "recipients":[…],"subject":hex}

public import FoundationEssentials

extension ErasureCertificate {
    public static let format = "chancery-erasure/1"
    /// Of a document: some thousand entries with their receipts.
    public static let maxBytes = 12 << 20
    /// No date ends an escrow.
    private static let until = "DESTROYED"

    /// - Returns: what the keeper signs.
    public func body() throws(CanonicalJSONError) -> [UInt8] {
        try CanonicalJSON.write(value, limit: Self.maxBytes)
    }

    /// The document.
    public func bytes(signature: ReceiptSignature) throws(CanonicalJSONError) -> [UInt8] {
        try CanonicalJSON.write(
            .object([
                .init("certificate", value), .init("signature", .string(signature.text)),
            ]), limit: Self.maxBytes + LedgerLimits.maxReceiptSignatureBytes)
    }

    fileprivate var value: CanonicalJSON.Value {
        .object([
            .init("entries", .array(entries.map(Self.value))),
            .init("epochAfter", .integer(statement.epochAfter)),
            .init("epochBefore", .integer(statement.epochBefore)),
            .init("erasedAt", .string(statement.erasedAt.text)),
            .init("escrow", escrow.map(Self.value) ?? .null),
            .init("exceptions", .array(statement.exceptions.map { .string($0) })),
            .init("format", .string(Self.format)),
            .init("generation", .integer(origin.generation)),
            .init("issuedAt", .string(issuedAt.text)),
            .init("omittedRecipients", .integer(statement.omittedRecipients)),
            .init("origin", .string(origin.text)),
            .init("recipients", .array(statement.recipients.map { .string($0) })),
            .init("subject", .string(statement.subject.hex)),
        ])
    }

    private static func value(_ entry: SubjectEvidence.Entry) -> CanonicalJSON.Value {
        func base64(_ data: Data) -> CanonicalJSON.Value {
            .string(StrictBase64.encode(Array(data)))
        }
        return .object([
            .init("header", base64(entry.header)), .init("payload", base64(entry.payload)),
            .init("receipt", base64(entry.receipt)),
        ])
    }

    private static func value(_ escrow: EscrowHorizon) -> CanonicalJSON.Value {
        .object([
            .init("destroyed", .integer(escrow.destroyed)),
            .init("lastDestroyedAt", escrow.lastDestroyedAt.map { .string($0.text) } ?? .null),
            .init(
                "remaining",
                .array(
                    escrow.remaining.map { left in
                        .object([
                            .init("epoch", .integer(left.epoch)),
                            .init("issuedAt", .string(left.issuedAt.text)),
                            .init("until", .string(until)),
                        ])
                    })),
        ])
    }
}

extension ErasureCertificate.Signed {
    /// Reads a document, and holds what the certificate says against its entries.
    ///
    /// - Throws: `ErasureCertificateError`
    public init(parsing file: some ContiguousBytes) throws(ErasureCertificateError) {
        let value: CanonicalJSON.Value
        do throws(CanonicalJSONError) {
            value = try CanonicalJSON.read(
                file, limit: ErasureCertificate.maxBytes + LedgerLimits.maxReceiptSignatureBytes)
        } catch {
            throw .malformed(error.message)
        }
        guard value.members?.map(\.name) == ["certificate", "signature"],
            let body = value["certificate"],
            let signature = value["signature"]?.string.flatMap({
                ReceiptSignature(parsing: Array($0.utf8), of: .erasure)
            })
        else { throw .malformed("it is no certificate with its signature") }
        guard body["format"]?.string == ErasureCertificate.format,
            let origin = body["origin"]?.string.flatMap({ LedgerOrigin($0) }),
            let issuedAt = body["issuedAt"]?.string.flatMap({ LedgerTime($0) }),
            let list = body["entries"]?.array
        else { throw .malformed("it is no \(ErasureCertificate.format)") }
        var entries: [SubjectEvidence.Entry] = []
        for entry in list {
            entries.append(
                SubjectEvidence.Entry(
                    header: try Self.data(entry["header"]),
                    payload: try Self.data(entry["payload"]),
                    receipt: try Self.data(entry["receipt"])))
        }
        certificate = try ErasureCertificate(
            entries: entries, escrow: try Self.escrow(body["escrow"]), origin: origin,
            issuedAt: issuedAt)
        // There is one text of what the entries say: anything else was said by somebody else.
        guard let written = try? Self.write(body), let own = try? certificate.body() else {
            throw .malformed("it cannot be written again")
        }
        guard written == own else { throw Self.difference(body, certificate.value) }
        self.body = written
        self.signature = signature
    }

    private static func write(
        _ value: CanonicalJSON.Value
    ) throws(CanonicalJSONError) -> [UInt8] {
        try CanonicalJSON.write(value, limit: ErasureCertificate.maxBytes)
    }

    private static func difference(
        _ body: CanonicalJSON.Value, _ own: CanonicalJSON.Value
    ) -> ErasureCertificateError {
        let member = own.members?.first { member in
            body[member.name].flatMap { try? write($0) } != (try? write(member.value))
        }
        return member.map { .statement($0.name) } ?? .malformed("it has members of another format")
    }

    private static func data(
        _ value: CanonicalJSON.Value?
    ) throws(ErasureCertificateError) -> Data {
        guard let bytes = value?.string.flatMap({ StrictBase64.decode($0) }) else {
            throw .malformed("an entry has what is no base64")
        }
        return Data(bytes)
    }

    private static func escrow(
        _ value: CanonicalJSON.Value?
    ) throws(ErasureCertificateError) -> EscrowHorizon? {
        guard let value else { throw .malformed("it does not tell of escrow") }
        if value.isNull { return nil }
        let no = ErasureCertificateError.malformed("what it tells of escrow does not read")
        guard let destroyed = value["destroyed"]?.integer, let list = value["remaining"]?.array,
            let last = value["lastDestroyedAt"]
        else { throw no }
        var lastDestroyedAt: LedgerTime?
        if !last.isNull {
            guard let time = last.string.flatMap({ LedgerTime($0) }) else { throw no }
            lastDestroyedAt = time
        }
        var remaining: [EscrowHorizon.Remaining] = []
        for left in list {
            guard let epoch = left["epoch"]?.integer,
                let issuedAt = left["issuedAt"]?.string.flatMap({ LedgerTime($0) })
            else { throw no }
            remaining.append(EscrowHorizon.Remaining(epoch: epoch, issuedAt: issuedAt))
        }
        return EscrowHorizon(
            remaining: remaining, destroyed: destroyed, lastDestroyedAt: lastDestroyedAt)
    }
}
