import LedgerFormat

/// An enrollment looked at again, without its TPM: everything that the evidence can show to somebody who was not there. What
/// it cannot show is the credential activation, whose answer only the asker can judge.
public struct EnrollmentCheck: Sendable {
    /// Upper bound of the evidence.
    public static let maxBytes = 256 << 10

    /// Key id of the attestation key that vouches for the trust file.
    public let attestationKey: String
    /// Key ids of those that it says to live in the same TPM.
    public let residentKeys: [String]
    public let manufacturer: String
    public let model: String
    /// RFC 3339, UTC, by the enrolling machine's clock.
    public let time: String

    /// - Parameter bundle: roots that the auditor trusts; the evidence brings the intermediates.
    /// - Throws: `EnrollmentError`, `TrustFileError`, and what LedgerFormat throws for malformed statements.
    public init(evidence: [UInt8], trustFile: [UInt8], bundle: CertificateBundle) throws {
        let value = try CanonicalJSON.read(evidence, limit: Self.maxBytes)
        guard let members = value.members?.map(\.name), members == EnrollmentEvidence.members,
            value["format"]?.string == EnrollmentEvidence.format
        else { throw Self.malformed("is no \(EnrollmentEvidence.format)") }
        guard let qualifying = EnrollmentEvidence.qualifying(trustFile),
            value["trustFileDigest"]?.string == EnrollmentEvidence.digest(trustFile)
        else { throw EnrollmentError(.contradiction, "the evidence is of another trust file") }
        try Self.checkChain(value, bundle)

        guard let generation = try TrustFile(parsing: trustFile).generations.last,
            let key = generation.keys.first(where: {
                $0.use == .attestation && $0.untilSize == nil
            })
        else {
            throw EnrollmentError(.contradiction, "the trust file names no attestation key in use")
        }
        guard let area = Self.bytes(value["attestationKey"]), let told = AttestationKeyPublic(area)
        else { throw Self.malformed("has no attestation key as a TPM writes one") }
        guard told.isRestricted, told.spki == key.publicKey else {
            throw EnrollmentError(
                .contradiction,
                "the evidence's attestation key is not the trust file's, or no restricted one")
        }
        guard let said = value["attestation"] else { throw Self.malformed("has no attestation") }
        try SegmentAttestation(canonical: try CanonicalJSON.write(said))
            .vouch(for: qualifying, key)
        attestationKey = key.keyID
        residentKeys = try Self.checkResidentKeys(value, generation, qualifying, by: key)
        manufacturer = value["tpm"]?["manufacturer"]?.string ?? ""
        model = value["tpm"]?["model"]?.string ?? ""
        time = value["time"]?.string ?? ""
    }

    private static func checkResidentKeys(
        _ value: CanonicalJSON.Value, _ generation: TrustFile.Generation, _ qualifying: Digest32,
        by attesting: TrustedKey
    ) throws -> [String] {
        let due = ResidentKeyEvidence.due(in: generation.keys)
        let said = value["residentKeys"]?.array ?? []
        guard said.count == due.count else {
            throw EnrollmentError(
                .contradiction,
                "the trust file has \(due.count) keys that live in the TPM, the evidence is of \(said.count)"
            )
        }
        for (due, said) in zip(due, said) {
            guard let evidence = ResidentKeyEvidence(said) else {
                throw malformed("has a resident key that is none")
            }
            try evidence.vouch(for: qualifying, due.key, due.curve, by: attesting)
        }
        return due.map(\.key.keyID)
    }

    private static func checkChain(
        _ value: CanonicalJSON.Value, _ bundle: CertificateBundle
    ) throws(EnrollmentError) {
        let chain = value["certificates"]?.array?.compactMap { bytes($0) } ?? []
        guard let first = chain.first, chain.count == value["certificates"]?.array?.count else {
            throw malformed("has no certificates")
        }
        _ = try bundle.chain(
            of: EndorsementCertificate(first), through: Array(chain.dropFirst()))
    }

    private static func bytes(_ value: CanonicalJSON.Value?) -> [UInt8]? {
        value?.string.flatMap { StrictBase64.decode($0) }
    }

    private static func malformed(_ what: String) -> EnrollmentError {
        EnrollmentError(.malformed, "the evidence \(what); obtain it again with its trust file")
    }
}
