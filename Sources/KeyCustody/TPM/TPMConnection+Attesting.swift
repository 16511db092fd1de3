import CTSS2
import Crypto
import LedgerFormat

extension TPMConnection {
    /// The attestation key's public half, SPKI DER. The same seed gives the same key each time.
    func attestationKey() throws(TPMError) -> [UInt8] {
        var spki: [UInt8] = []
        let key = try loadAttestationKey { area in spki = Self.spki(&area) }
        flush(key)
        guard !spki.isEmpty else {
            throw TPMError(
                .refused, operation: "Esys_CreatePrimary", hint: "the TPM made no P-256 key")
        }
        return spki
    }

    /// Certifies the counter and quotes the registers, both with `qualifying` inside what is signed.
    func attest(_ qualifying: Digest32, _ counter: TPMCounter) throws(TPMError) -> TPMAttestation {
        let key = try loadAttestationKey { _ in }
        defer { flush(key) }
        var data = Self.data(qualifying)
        let certify = try certify(counter, key, &data)
        // A register may be extended between reading and quoting; then both are done again.
        for _ in 0..<3 {
            let values = try registerValues(TPMAttestation.registers)
            let quote = try quote(key, &data)
            let digest = Array(SHA256.hash(data: values.flatMap(\.bytes)))
            // The digest is the last part of a quote (TPMS_QUOTE_INFO).
            guard quote.attest.suffix(digest.count).elementsEqual(digest) else { continue }
            return TPMAttestation(certify: certify, quote: quote, values: values)
        }
        throw TPMError(
            .busy, operation: "Esys_Quote",
            hint: "platform registers keep changing while they are quoted; try again")
    }

    /// The certification alone.
    func certify(
        _ qualifying: Digest32, _ counter: TPMCounter
    ) throws(TPMError) -> TPMAttestation.Statement {
        let key = try loadAttestationKey { _ in }
        defer { flush(key) }
        var data = Self.data(qualifying)
        return try certify(counter, key, &data)
    }

    // MARK: - Parts

    private static func data(_ qualifying: Digest32) -> TPM2B_DATA {
        var data = TPM2B_DATA()
        data.size = UInt16(qualifying.bytes.count)
        withUnsafeMutableBytes(of: &data.buffer) { $0.copyBytes(from: qualifying.bytes) }
        return data
    }

    func loadAttestationKey(
        _ body: (inout TPM2B_PUBLIC) -> Void
    ) throws(TPMError) -> ESYS_TR {
        var sensitive = TPM2B_SENSITIVE_CREATE()
        var template = TPMTemplates.attestationKey
        var outside = TPM2B_DATA()
        var registers = TPML_PCR_SELECTION()
        var handle = Self.none
        var area: UnsafeMutablePointer<TPM2B_PUBLIC>?
        defer { Esys_Free(area) }
        try check("Esys_CreatePrimary") { esys in
            Esys_CreatePrimary(
                esys, ESYS_TR(ESYS_TR_RH_ENDORSEMENT), ESYS_TR(ESYS_TR_PASSWORD), Self.none,
                Self.none, &sensitive, &template, &outside, &registers, &handle, &area, nil, nil,
                nil)
        }
        if let area { body(&area.pointee) }
        return handle
    }

    private func certify(
        _ counter: TPMCounter, _ key: ESYS_TR, _ qualifying: inout TPM2B_DATA
    ) throws(TPMError) -> TPMAttestation.Statement {
        try withCounter(counter) { index throws(TPMError) in
            try statement("Esys_NV_Certify") { esys, scheme, info, signature in
                Esys_NV_Certify(
                    esys, key, ESYS_TR(ESYS_TR_RH_OWNER), index, ESYS_TR(ESYS_TR_PASSWORD),
                    ESYS_TR(ESYS_TR_PASSWORD), Self.none, &qualifying, &scheme, 8, 0, &info,
                    &signature)
            }
        }
    }

    private func quote(
        _ key: ESYS_TR, _ qualifying: inout TPM2B_DATA
    ) throws(TPMError) -> TPMAttestation.Statement {
        var selection = Self.selection(TPMAttestation.registers)
        return try statement("Esys_Quote") { esys, scheme, info, signature in
            Esys_Quote(
                esys, key, ESYS_TR(ESYS_TR_PASSWORD), Self.none, Self.none, &qualifying, &scheme,
                &selection, &info, &signature)
        }
    }

    func statement(
        _ operation: String,
        _ call: (
            OpaquePointer?, inout TPMT_SIG_SCHEME, inout UnsafeMutablePointer<TPM2B_ATTEST>?,
            inout UnsafeMutablePointer<TPMT_SIGNATURE>?
        ) -> TSS2_RC
    ) throws(TPMError) -> TPMAttestation.Statement {
        var info: UnsafeMutablePointer<TPM2B_ATTEST>?
        var signature: UnsafeMutablePointer<TPMT_SIGNATURE>?
        defer {
            Esys_Free(info)
            Esys_Free(signature)
        }
        var scheme = Self.scheme
        try check(operation) { esys in call(esys, &scheme, &info, &signature) }
        guard let info, let signature else {
            throw TPMError(.refused, operation: operation, hint: "the TPM returned no statement")
        }
        var buffer = [UInt8](repeating: 0, count: MemoryLayout<TPMT_SIGNATURE>.size)
        var offset = 0
        try check("Tss2_MU_TPMT_SIGNATURE_Marshal") { _ in
            Tss2_MU_TPMT_SIGNATURE_Marshal(signature, &buffer, buffer.count, &offset)
        }
        let attest = withUnsafeBytes(of: &info.pointee.attestationData) { bytes in
            Array(bytes.prefix(Int(info.pointee.size)))
        }
        return TPMAttestation.Statement(attest: attest, signature: Array(buffer.prefix(offset)))
    }

    /// The key has its scheme; a command may not name another.
    private static var scheme: TPMT_SIG_SCHEME {
        var scheme = TPMT_SIG_SCHEME()
        scheme.scheme = TPMI_ALG_SIG_SCHEME(TPM2_ALG_NULL)
        return scheme
    }

    static func spki(_ area: inout TPM2B_PUBLIC) -> [UInt8] {
        let point = area.publicArea.unique.ecc
        let (x, y) = (coordinate(point.x), coordinate(point.y))
        let key = try? P256.Signing.PublicKey(x963Representation: [0x04] + x + y)
        return key.map { Array($0.derRepresentation) } ?? []
    }

    /// 32 bytes: a TPM may leave leading zeros out.
    static func coordinate(_ value: TPM2B_ECC_PARAMETER) -> [UInt8] {
        let bytes = withUnsafeBytes(of: value.buffer) { Array($0.prefix(Int(value.size))) }
        return [UInt8](repeating: 0, count: max(0, 32 - bytes.count)) + bytes
    }
}
