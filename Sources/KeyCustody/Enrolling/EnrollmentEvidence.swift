import Crypto
import LedgerFormat

/// What an enrollment found, for whoever wants to look again: canonical JSON (FORMAT 1). tpm/README.md describes the
/// members.
struct EnrollmentEvidence: Sendable {
    static let format = "chancery-enrollment/1"
    /// In canonical order.
    static let members = [
        "attestation", "attestationKey", "certificates", "format", "residentKeys", "time",
        "tpm", "trustFileDigest",
    ]

    let trustFile: [UInt8]
    /// DER, from the endorsement key's to a root.
    let certificates: [[UInt8]]
    let attestationKey: AttestationKeyPublic
    let attestation: SegmentAttestation
    /// As `ResidentKeyEvidence.due`.
    let residentKeys: [ResidentKeyEvidence]
    let manufacturer: String
    let model: String
    let firmware: String
    /// RFC 3339, UTC.
    let time: String

    /// What the attestation key signs along: no trust file but this one.
    static func qualifying(_ trustFile: [UInt8]) -> Digest32? {
        Digest32(
            Array(SHA256.hash(data: Array("chancery/enrollment/v1\n".utf8) + trustFile)))
    }

    static func digest(_ trustFile: [UInt8]) -> String {
        LowerHex.encode(Array(SHA256.hash(data: trustFile)))
    }

    func canonicalBytes() throws(EnrollmentError) -> [UInt8] {
        do {
            return try CanonicalJSON.write(
                .object([
                    .init(
                        "attestation",
                        try CanonicalJSON.read(attestation.canonicalBytes())),
                    .init("attestationKey", .string(StrictBase64.encode(attestationKey.area))),
                    .init(
                        "certificates",
                        .array(certificates.map { .string(StrictBase64.encode($0)) })),
                    .init("format", .string(Self.format)),
                    .init("residentKeys", .array(residentKeys.map(\.value))),
                    .init("time", .string(time)),
                    .init(
                        "tpm",
                        .object([
                            .init("firmware", .string(firmware)),
                            .init("manufacturer", .string(manufacturer)),
                            .init("model", .string(model)),
                        ])),
                    .init("trustFileDigest", .string(Self.digest(trustFile))),
                ]))
        } catch {
            throw EnrollmentError(.malformed, "the evidence cannot be written down: \(error)")
        }
    }
}
