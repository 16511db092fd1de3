import CTSS2
import Crypto

/// The public half of an attestation key as its TPM tells it.
struct AttestationKeyPublic: Sendable {
    /// TPMT_PUBLIC as marshalled.
    let area: [UInt8]
    /// The same key as SPKI DER.
    let spki: [UInt8]
    /// It is as the template has it: made in the TPM, never leaves it, signs only what the TPM composed.
    let isRestricted: Bool

    /// - Parameter area: from a TPM, or from whoever says that it is.
    /// - Returns: nil for anything but one TPMT_PUBLIC of a P-256 key with names of SHA-256.
    init?(_ area: [UInt8]) {
        var parsed = TPM2B_PUBLIC()
        var offset = 0
        guard area.count <= MemoryLayout<TPMT_PUBLIC>.size,
            Tss2_MU_TPMT_PUBLIC_Unmarshal(area, area.count, &offset, &parsed.publicArea) == 0,
            offset == area.count, parsed.publicArea.type == TPMI_ALG_PUBLIC(TPM2_ALG_ECC),
            parsed.publicArea.nameAlg == TPMI_ALG_HASH(TPM2_ALG_SHA256)
        else { return nil }
        let spki = TPMConnection.spki(&parsed)
        guard !spki.isEmpty else { return nil }
        self.area = area
        self.spki = spki
        // All but the point is the template's, to the byte.
        var expected = TPMTemplates.attestationKey.publicArea
        expected.unique.ecc = parsed.publicArea.unique.ecc
        isRestricted = Self.marshal(&expected) == area
    }

    static func marshal(_ area: inout TPMT_PUBLIC) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: MemoryLayout<TPMT_PUBLIC>.size)
        var offset = 0
        guard Tss2_MU_TPMT_PUBLIC_Marshal(&area, &buffer, buffer.count, &offset) == 0 else {
            return []
        }
        return Array(buffer.prefix(offset))
    }

    /// TPM Name: SHA-256 as the algorithm, and the digest of the area.
    var name: [UInt8] { [0x00, 0x0B] + Array(SHA256.hash(data: area)) }
}
