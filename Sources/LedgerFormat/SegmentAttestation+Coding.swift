public import FoundationEssentials

extension SegmentAttestation {
    static let members = ["certify", "keyId", "pcrs", "quote"]

    /// Reads an attestation alone, as it stands in a manifest.
    ///
    /// - Throws: `SegmentManifestError`
    public init(canonical bytes: some ContiguousBytes) throws(SegmentManifestError) {
        try self.init(
            reader: try ManifestReader(
                bytes: bytes, name: "attestation", members: Self.members,
                malformed: SegmentManifestError.attestationMalformed))
    }

    init(reader: ManifestReader) throws(SegmentManifestError) {
        var registers: [Register] = []
        for register in try reader.objects("pcrs", members: ["index", "value"]) {
            guard let index = Int(exactly: try register.integer("index")) else {
                throw .attestationMalformed(member: "pcrs", rule: "index from 0")
            }
            registers.append(Register(index: index, value: try register.digest("value")))
        }
        try self.init(
            keyID: try reader.string("keyId"), certify: try Self.statement("certify", reader),
            quote: try Self.statement("quote", reader), registers: registers)
    }

    private static func statement(
        _ name: String, _ reader: ManifestReader
    ) throws(SegmentManifestError) -> Statement {
        let statement = try reader.object(name, members: ["attest", "signature"])
        return Statement(
            attest: try statement.base64("attest"), signature: try statement.base64("signature"))
    }

    /// The one text of this attestation.
    public func canonicalBytes() -> [UInt8] {
        let value = CanonicalJSON.Value.object([
            .init("certify", certify.jsonValue), .init("keyId", .string(keyID)),
            .init("pcrs", .array(registers.map(\.jsonValue))), .init("quote", quote.jsonValue),
        ])
        // The initializer has checked everything that could make this fail.
        return (try? CanonicalJSON.write(value)) ?? []
    }
}

extension SegmentAttestation.Statement {
    fileprivate var jsonValue: CanonicalJSON.Value {
        .object([
            .init("attest", .string(StrictBase64.encode(attest))),
            .init("signature", .string(StrictBase64.encode(signature))),
        ])
    }
}

extension SegmentAttestation.Register {
    fileprivate var jsonValue: CanonicalJSON.Value {
        .object([
            .init("index", .integer(UInt64(index))), .init("value", .string(value.hex)),
        ])
    }
}
