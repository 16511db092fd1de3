import Crypto
import LedgerFormat

extension SegmentAttestation {
    /// Whether the key signed both statements, and both for `qualifying`, about the registers named and
    /// its own seal counter.
    /// - Throws: `EnrollmentError.contradiction`, `SegmentManifestError`, `TPMStructureError`
    func vouch(for qualifying: Digest32, _ key: TrustedKey) throws {
        try verifySignatures(spki: key.publicKey)
        for statement in [certify, quote] {
            guard try TPMAttest(parsing: statement.attest).extraData == qualifying else {
                throw EnrollmentError(
                    .contradiction, "the attestation key signed for another trust file")
            }
        }
        guard case .quote(let info) = try TPMAttest(parsing: quote.attest).attested,
            info.registers == registers.map(\.index),
            info.digest.bytes == Array(SHA256.hash(data: registers.flatMap(\.value.bytes)))
        else {
            throw EnrollmentError(.contradiction, "the quote is of other registers or values")
        }
        guard counterName == key.sealCounter else {
            throw EnrollmentError(
                .contradiction, "the attestation key certified another seal counter")
        }
    }
}
