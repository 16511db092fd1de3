import Foundation
import LedgerFormat

/// An auditor's trust file whose attestation key was seen to live in a genuine TPM, and the evidence of it.
public struct TPMEnrollment: Sendable {
    /// FORMAT 8.
    public let trustFile: [UInt8]
    /// Canonical JSON; see tpm/README.md.
    public let evidence: [UInt8]
    /// Key id of the attestation key.
    public let attestationKey: String
    /// The kind of endorsement key, e.g. `RSA-2048`.
    public let endorsementKey: String
    public let manufacturer: String
    public let model: String

    /// Opens the keys, asks the TPM to prove itself, closes them.
    ///
    /// - Parameters:
    ///   - certificate: DER of the endorsement key's certificate where the TPM holds none.
    /// - Throws: `EnrollmentError`, `KeyCustodyError`, `TPMError`.
    public static func take(
        keys directory: String, logName: String, tpm: TPMDevice, bundle: CertificateBundle,
        certificate: [UInt8]? = nil
    ) async throws -> TPMEnrollment {
        guard try KeystoreGlance.take(directory).state == .complete else {
            throw KeyCustodyError(
                .cannotStart, "\(directory) holds no keys yet: `chancery tpm provision` makes them")
        }
        let custodian = try await KeyCustodian.open(
            directory: directory, logName: logName, tpm: tpm)
        do {
            let enrollment = try await take(custodian, tpm, bundle, certificate)
            try await custodian.close()
            return enrollment
        } catch {
            try? await custodian.close()
            throw error
        }
    }

    private static func take(
        _ custodian: KeyCustodian, _ tpm: TPMDevice, _ bundle: CertificateBundle,
        _ handed: [UInt8]?
    ) async throws -> TPMEnrollment {
        let trust = try trustFile(try await custodian.publicKeys())
        let (certificate, kind) = try await endorsement(tpm, handed)
        let chain = try bundle.chain(of: certificate)
        let key = try await provenKey(tpm, certificate, kind)
        guard let known = trust.attestationKey, known.publicKey == key.spki else {
            throw EnrollmentError(
                .contradiction,
                "the keystore's attestation key is not this TPM's; `chancery tpm status` says more")
        }
        let bytes = try trust.file.encoded()
        let attestation = try await attestation(of: bytes, known, custodian, tpm)
        let resident = try await residentKeys(trust.file, bytes, known, custodian, tpm)
        let properties = try await tpm.perform("looking at the TPM") {
            connection throws(TPMError) in try connection.properties()
        }
        let evidence = EnrollmentEvidence(
            trustFile: bytes, certificates: chain, attestationKey: key, attestation: attestation,
            residentKeys: resident, manufacturer: properties.manufacturer, model: properties.model,
            firmware: properties.firmware, time: Date.now.formatted(.iso8601))
        return TPMEnrollment(
            trustFile: bytes, evidence: try evidence.canonicalBytes(),
            attestationKey: known.keyID, endorsementKey: kind.rawValue,
            manufacturer: properties.manufacturer, model: properties.model)
    }

    // MARK: - Steps

    /// From the keystore, which the TPM has opened: not from a file that another process writes.
    private static func trustFile(
        _ keys: PublicKeys
    ) throws -> (file: TrustFile, attestationKey: TrustedKey?) {
        let trusted = try keys.keys.map { key in
            guard let use = TrustedKey.Use(rawValue: key.use),
                let algorithm = TrustedKey.Algorithm(rawValue: key.algorithm)
            else {
                throw EnrollmentError(.malformed, "the keystore has a key of use \(key.use)")
            }
            return try TrustedKey(
                use: use, algorithm: algorithm, name: key.name, publicKey: key.publicKey,
                fromSize: key.fromSize, untilSize: key.untilSize, sealCounter: key.sealCounter)
        }
        let file = try TrustFile(
            generations: keys.past + [
                .init(generation: keys.generation, origin: keys.origin, keys: trusted)
            ])
        let attesting = trusted.first { $0.use == .attestation && $0.untilSize == nil }
        return (file, attesting)
    }

    private static func endorsement(
        _ tpm: TPMDevice, _ handed: [UInt8]?
    ) async throws -> (EndorsementCertificate, EndorsementKeyKind) {
        if let handed {
            let certificate = try EndorsementCertificate(handed)
            return (certificate, certificate.key.kind)
        }
        let found = try await tpm.perform("reading the EK certificate") {
            connection throws(TPMError) -> (bytes: [UInt8], kind: EndorsementKeyKind)? in
            guard let kind = try EndorsementKeyKind.present(in: connection).first else {
                return nil
            }
            return (try connection.endorsementCertificate(kind), kind)
        }
        guard let found else {
            throw EnrollmentError(
                .noCertificate,
                "this TPM holds no certificate of an RSA-2048 or P-256 endorsement key; ask its maker "
                    + "for it and name it with --ek-certificate")
        }
        let certificate = try EndorsementCertificate(found.bytes)
        guard certificate.key.kind == found.kind else {
            throw EnrollmentError(.otherTPM, "the EK certificate is of another kind of key")
        }
        return (certificate, found.kind)
    }

    /// The attestation key, proved to live where the certificate's endorsement key does.
    private static func provenKey(
        _ tpm: TPMDevice, _ certificate: EndorsementCertificate, _ kind: EndorsementKeyKind
    ) async throws -> AttestationKeyPublic {
        let (endorsement, key) = try await tpm.perform("making the endorsement key") {
            connection throws(TPMError) in
            (try connection.endorsementKey(kind), try connection.attestationKeyPublic())
        }
        guard endorsement == certificate.key else {
            throw EnrollmentError(
                .otherTPM, "the EK certificate is of another TPM: its key is not this TPM's")
        }
        // What the TPM proves below is that it holds the object with exactly these attributes.
        guard key.isRestricted else {
            throw EnrollmentError(
                .contradiction, "the attestation key could sign what did not come from its TPM")
        }
        let challenge = try CredentialChallenge(for: certificate, object: key.name)
        let answer: [UInt8]
        do throws(TPMError) {
            answer = try await tpm.perform("activating a credential") {
                connection throws(TPMError) in try connection.activate(challenge, kind)
            }
        } catch {
            throw EnrollmentError(
                .notActivated,
                "the TPM cannot prove that the attestation key lives beside its endorsement key: \(error)"
            )
        }
        guard answer == challenge.answer else {
            throw EnrollmentError(
                .notActivated, "the TPM gave a wrong answer to the challenge of its certificate")
        }
        return key
    }

    /// The attestation key's word for this very trust file, checked as an auditor would.
    private static func attestation(
        of trustFile: [UInt8], _ key: TrustedKey, _ custodian: KeyCustodian, _ tpm: TPMDevice
    ) async throws -> SegmentAttestation {
        guard let qualifying = EnrollmentEvidence.qualifying(trustFile) else {
            throw EnrollmentError(.malformed, "the trust file cannot be digested")
        }
        let counter = try await custodian.counters.current(.seal).record.counter
        let said = try await tpm.attest(qualifying, counter)
        let attestation = try SegmentAttestation(said, keyID: key.keyID)
        try attestation.vouch(for: qualifying, key)
        return attestation
    }
}

extension TPMEnrollment {
    /// The attestation key's word for each key that the trust file says the TPM holds, checked as an auditor would.
    private static func residentKeys(
        _ file: TrustFile, _ bytes: [UInt8], _ attesting: TrustedKey, _ custodian: KeyCustodian,
        _ tpm: TPMDevice
    ) async throws -> [ResidentKeyEvidence] {
        guard let qualifying = EnrollmentEvidence.qualifying(bytes) else {
            throw EnrollmentError(.malformed, "the trust file cannot be digested")
        }
        let keys = custodian.hierarchy.resident.inTPM
        var evidence: [ResidentKeyEvidence] = []
        for due in ResidentKeyEvidence.due(in: file.generations.last?.keys ?? []) {
            guard let key = keys.first(where: { $0.spki == due.key.publicKey }) else {
                throw EnrollmentError(
                    .contradiction, "key \(due.key.keyID) of the trust file is not this keystore's")
            }
            let statement = try await tpm.perform("certifying a key") {
                connection throws(TPMError) in try connection.certify(key, qualifying)
            }
            let said = ResidentKeyEvidence(area: key.area, statement: statement)
            try said.vouch(for: qualifying, due.key, due.curve, by: attesting)
            evidence.append(said)
        }
        return evidence
    }
}

extension EndorsementPublicKey {
    fileprivate var kind: EndorsementKeyKind {
        switch self {
        case .rsa: .rsa2048
        case .p256: .p256
        }
    }
}

extension SegmentAttestation {
    fileprivate init(_ said: TPMAttestation, keyID: String) throws(SegmentManifestError) {
        try self.init(
            keyID: keyID,
            certify: Statement(attest: said.certify.attest, signature: said.certify.signature),
            quote: Statement(attest: said.quote.attest, signature: said.quote.signature),
            registers: zip(TPMAttestation.registers, said.values).map { index, value in
                Register(index: index, value: value)
            })
    }
}
