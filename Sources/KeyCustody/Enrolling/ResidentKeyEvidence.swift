import CTSS2
import LedgerFormat

/// The attestation key's word (TPM2_Certify) that a key lives in the same TPM, was made there and never leaves it: the TPM
/// certifies the name of an object that it has loaded, and the name covers the attributes.
struct ResidentKeyEvidence: Sendable {
    /// TPMT_PUBLIC as marshalled.
    let area: [UInt8]
    let statement: TPMAttestation.Statement

    /// Keys of a generation that are said to live in the TPM, in the order of the trust file.
    static func due(in keys: [TrustedKey]) -> [(key: TrustedKey, curve: ResidentCurve)] {
        keys.filter { $0.untilSize == nil }.compactMap { key in
            switch (key.use, key.algorithm) {
            case (.checkpoint, .ecdsaP256): (key, .p256)
            case (.receipt, .ecdsaP384) where key.name == ReceiptKey.residentName: (key, .p384)
            default: nil
            }
        }
    }

    /// - Throws: `EnrollmentError.contradiction` unless `attesting` certified exactly the key of the trust file, for
    ///   `qualifying`.
    func vouch(
        for qualifying: Digest32, _ key: TrustedKey, _ curve: ResidentCurve,
        by attesting: TrustedKey
    ) throws {
        guard ResidentKey.spki(curve, area: area) == key.publicKey else {
            throw EnrollmentError(
                .contradiction,
                "key \(key.keyID) of the trust file is not the one in the evidence, or not one that stays in its TPM"
            )
        }
        guard let signature = try? TPMSignature(parsing: statement.signature),
            AttestationKey.verify(
                signature: signature, message: statement.attest, spki: attesting.publicKey),
            certifies(ResidentKey.name(of: area), qualifying)
        else {
            throw EnrollmentError(
                .contradiction,
                "the attestation key does not certify for this trust file that key \(key.keyID) lives in its TPM"
            )
        }
    }

    private func certifies(_ name: [UInt8], _ qualifying: Digest32) -> Bool {
        var info = TPMS_ATTEST()
        var offset = 0
        let attest = statement.attest
        guard attest.count <= LedgerLimits.maxAttestBytes,
            Tss2_MU_TPMS_ATTEST_Unmarshal(attest, attest.count, &offset, &info) == 0,
            offset == attest.count, info.magic == Self.magic, info.type == Self.certify
        else { return false }
        let (told, extra) = (info.attested.certify.name, info.extraData)
        let certified = withUnsafeBytes(of: told.name) { Array($0.prefix(Int(told.size))) }
        let data = withUnsafeBytes(of: extra.buffer) { Array($0.prefix(Int(extra.size))) }
        return certified == name && data == qualifying.bytes
    }

    /// TPM_GENERATED_VALUE and TPM_ST_ATTEST_CERTIFY, which the headers define through casts.
    private static let magic: UInt32 = 0xFF54_4347
    private static let certify: UInt16 = 0x8017
}

// MARK: - As canonical JSON

extension ResidentKeyEvidence {
    var value: CanonicalJSON.Value {
        .object([
            .init("attest", .string(StrictBase64.encode(statement.attest))),
            .init("publicArea", .string(StrictBase64.encode(area))),
            .init("signature", .string(StrictBase64.encode(statement.signature))),
        ])
    }

    /// - Returns: nil for anything but what `value` gives.
    init?(_ value: CanonicalJSON.Value) {
        guard value.members?.map(\.name) == ["attest", "publicArea", "signature"],
            let attest = value["attest"]?.string.flatMap({ StrictBase64.decode($0) }),
            let area = value["publicArea"]?.string.flatMap({ StrictBase64.decode($0) }),
            let signature = value["signature"]?.string.flatMap({ StrictBase64.decode($0) })
        else { return nil }
        self.area = area
        statement = TPMAttestation.Statement(attest: attest, signature: signature)
    }
}
