import Crypto
import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

@Suite struct EnrollmentTests {
    /// A certified TPM with keys of its own beside it.
    private struct Appliance {
        let home: String
        let tpm: SoftwareTPM
        var keys: String { home + "/keys" }

        static func make() async throws -> Appliance {
            let home = try KeeperFixture.makeDirectory()
            let tpm = try SoftwareTPM.certified(in: home + "/tpm")
            try tpm.start()
            try await TestPolicy.install(tpm, in: home + "/keys")
            let custodian = try await KeyCustodian.open(
                directory: home + "/keys", logName: KeeperFixture.logName, tpm: tpm.device())
            try await custodian.close()
            return Appliance(home: home, tpm: tpm)
        }

        func enroll(
            bundle: [UInt8]? = nil, certificate: [UInt8]? = nil
        ) async throws -> TPMEnrollment {
            try await TPMEnrollment.take(
                keys: keys, logName: KeeperFixture.logName, tpm: tpm.device(),
                bundle: CertificateBundle(pem: bundle ?? tpm.authorities()),
                certificate: certificate)
        }

        func remove() {
            tpm.stop()
            try? FileManager.default.removeItem(atPath: home)
        }
    }

    private func certificate(_ tpm: SoftwareTPM) throws -> EndorsementCertificate {
        let connection = try TPMConnection(TCTIAddress(tpm.address))
        return try EndorsementCertificate(try connection.endorsementCertificate(.rsa2048))
    }

    /// Everything that the evidence claims, looked at again without the TPM.
    @Test func theEvidenceBindsTheTrustFileToTheCertifiedTPM() async throws {
        let appliance = try await Appliance.make()
        defer { appliance.remove() }
        let enrollment = try await appliance.enroll()
        let trust = try TrustFile(parsing: enrollment.trustFile)
        #expect(trust.generations.map(\.origin) == ["\(KeeperFixture.logName)/g1"])
        let keys = try #require(trust.generations.first?.keys)
        #expect(Set(keys.map(\.use)) == [.checkpoint, .segmentManifest, .receipt, .attestation])

        let evidence = try #require(
            JSONSerialization.jsonObject(with: Data(enrollment.evidence)) as? [String: Any])
        #expect(evidence["format"] as? String == "chancery-enrollment/1")
        #expect(
            evidence["trustFileDigest"] as? String
                == LowerHex.encode(Array(SHA256.hash(data: enrollment.trustFile))))
        let chain = try #require(evidence["certificates"] as? [String])
        #expect(chain.count == 3)
        let first = try #require(chain.first.flatMap { StrictBase64.decode($0) })
        #expect(try certificate(appliance.tpm).der == first)

        let attesting = try #require(keys.first { $0.use == .attestation })
        let said = try JSONSerialization.data(
            withJSONObject: try #require(evidence["attestation"]),
            options: [.sortedKeys, .withoutEscapingSlashes])
        let attestation = try SegmentAttestation(canonical: said)
        try attestation.verifySignatures(spki: attesting.publicKey)
        #expect(attestation.counterName == attesting.sealCounter)
        let qualifying = SHA256.hash(
            data: Array("chancery/enrollment/v1\n".utf8) + enrollment.trustFile)
        for statement in [attestation.certify, attestation.quote] {
            let parsed = try TPMAttest(parsing: statement.attest)
            #expect(parsed.extraData.bytes == Array(qualifying))
        }
        // Again gives the same keys.
        let again = try await appliance.enroll()
        #expect(again.trustFile == enrollment.trustFile)
    }

    /// With roots alone; the evidence brings the intermediate.
    @Test func anAuditorWhoWasNotThereChecksItAgain() async throws {
        let appliance = try await Appliance.make()
        defer { appliance.remove() }
        let enrollment = try await appliance.enroll()
        let (trust, evidence) = (enrollment.trustFile, enrollment.evidence)
        let root = CertificateBundle(
            pem: try [UInt8](
                Data(
                    contentsOf: URL(
                        fileURLWithPath: appliance.tpm.directory
                            + "/ca/swtpm-localca-rootca-cert.pem"))))
        let check = try EnrollmentCheck(evidence: evidence, trustFile: trust, bundle: root)
        #expect(check.attestationKey == enrollment.attestationKey)
        #expect(check.model == "SW TPM")
        #expect(check.residentKeys.count == 2)

        // Another trust file, another maker, another attestation key, no byte but the right one.
        var other = trust
        other.insert(UInt8(ascii: " "), at: 0)
        let changed = other
        #expect(throws: EnrollmentError.self) {
            _ = try EnrollmentCheck(evidence: evidence, trustFile: changed, bundle: root)
        }
        let stranger = try await Appliance.make()
        defer { stranger.remove() }
        let foreign = try await stranger.enroll()
        #expect(throws: EnrollmentError.self) {
            _ = try EnrollmentCheck(
                evidence: foreign.evidence, trustFile: foreign.trustFile, bundle: root)
        }
        try expectSplicesRefused(evidence, foreign.evidence, trust, root)
        for position in stride(from: 0, to: evidence.count, by: 11) {
            var bytes = evidence
            bytes[position] ^= 0x01
            let altered = bytes
            guard
                (try? EnrollmentCheck(evidence: altered, trustFile: trust, bundle: root)) != nil
            else { continue }
            // What is for people alone, and the copy of the root, proves nothing and is not proved.
            #expect(try proved(altered) == proved(evidence), "byte \(position)")
        }
    }

    /// Evidence in which what is said of a key is left out, said of the other, or said by another TPM's attestation key.
    @Test func aKeyThatIsNotCertifiedIsNotEnrolled() async throws {
        let appliance = try await Appliance.make()
        defer { appliance.remove() }
        let enrollment = try await appliance.enroll()
        let bundle = CertificateBundle(pem: try appliance.tpm.authorities())
        let value = try CanonicalJSON.read(enrollment.evidence)
        let said = try #require(value["residentKeys"]?.array)
        let stranger = try await Appliance.make()
        defer { stranger.remove() }
        let foreign = try #require(
            CanonicalJSON.read(try await stranger.enroll().evidence)["residentKeys"]?.array)
        for other in [
            [], [said[0]], said.reversed(), [said[0], said[0]], [said[0], foreign[1]], foreign,
        ] {
            let members = try #require(value.members).map { member in
                member.name == "residentKeys"
                    ? CanonicalJSON.Member("residentKeys", .array(other)) : member
            }
            let altered = try CanonicalJSON.write(.object(members))
            #expect(throws: EnrollmentError.self) {
                _ = try EnrollmentCheck(
                    evidence: altered, trustFile: enrollment.trustFile, bundle: bundle)
            }
        }
    }

    private func proved(_ evidence: [UInt8]) throws -> [CanonicalJSON.Value?] {
        let value = try CanonicalJSON.read(evidence)
        let names = [
            "attestation", "attestationKey", "format", "residentKeys", "trustFileDigest",
        ]
        let chain = value["certificates"]?.array?.prefix(2) ?? []
        return names.map { value[$0] } + chain.map(Optional.some)
    }

    /// Each member of another enrollment in the place of ours.
    private func expectSplicesRefused(
        _ evidence: [UInt8], _ foreign: [UInt8], _ trust: [UInt8], _ root: CertificateBundle
    ) throws {
        let ours = try #require(try CanonicalJSON.read(evidence).members)
        let theirs = try CanonicalJSON.read(foreign)
        for name in ["attestation", "attestationKey", "certificates", "trustFileDigest"] {
            let spliced = try CanonicalJSON.write(
                .object(
                    ours.map { member in
                        member.name == name
                            ? .init(name, theirs[name] ?? .null) : member
                    }))
            #expect(throws: (any Error).self, "\(name)") {
                _ = try EnrollmentCheck(evidence: spliced, trustFile: trust, bundle: root)
            }
        }
    }

    @Test func aMakerThatTheBundleDoesNotNameIsRefused() async throws {
        let (appliance, other) = (try await Appliance.make(), try await Appliance.make())
        defer {
            appliance.remove()
            other.remove()
        }
        let stranger = try other.tpm.authorities()
        await expect(.untrusted) { _ = try await appliance.enroll(bundle: stranger) }
        // The intermediate alone is no root.
        let pem = String(decoding: try appliance.tpm.authorities(), as: UTF8.self)
        let end = "-----END CERTIFICATE-----\n"
        let intermediate = try #require(pem.components(separatedBy: end).first) + end
        await expect(.untrusted) {
            _ = try await appliance.enroll(bundle: Array(intermediate.utf8))
        }
        await expect(.malformed) { _ = try await appliance.enroll(bundle: Array("no PEM".utf8)) }
    }

    /// A genuine certificate, read off another TPM.
    @Test func theCertificateOfAnotherTPMIsRefused() async throws {
        let (appliance, other) = (try await Appliance.make(), try await Appliance.make())
        defer {
            appliance.remove()
            other.remove()
        }
        let stolen = try certificate(other.tpm)
        let bundle = try other.tpm.authorities()
        await expect(.otherTPM) {
            _ = try await appliance.enroll(bundle: bundle, certificate: stolen.der)
        }
        // Nor does this TPM find the answer to a challenge for that one.
        let connection = try TPMConnection(TCTIAddress(appliance.tpm.address))
        let name = try connection.attestationKeyPublic().name
        let challenge = try CredentialChallenge(for: stolen, object: name)
        #expect(throws: TPMError.self) { _ = try connection.activate(challenge, .rsa2048) }
    }

    @Test func aChallengeForAnotherAttestationKeyIsNotAnswered() async throws {
        let appliance = try await Appliance.make()
        defer { appliance.remove() }
        let certificate = try certificate(appliance.tpm)
        let connection = try TPMConnection(TCTIAddress(appliance.tpm.address))
        let key = try connection.attestationKeyPublic()
        let challenge = try CredentialChallenge(for: certificate, object: key.name)
        #expect(try connection.activate(challenge, .rsa2048) == challenge.answer)
        var other = key.name
        other[5] ^= 1
        let forged = try CredentialChallenge(for: certificate, object: other)
        #expect(throws: TPMError.self) { _ = try connection.activate(forged, .rsa2048) }
    }

    /// swtpm certifies no P-256 key; the key itself is there all the same.
    @Test func aTPMWithoutACertificateIsNamed() async throws {
        let fixture = try await KeeperFixture.provisioned()
        await expect(.noCertificate) {
            _ = try await TPMEnrollment.take(
                keys: fixture.keys, logName: KeeperFixture.logName, tpm: fixture.tpm.device(),
                bundle: CertificateBundle(pem: []))
        }
    }

    @Test func nothingIsEnrolledBeforeThereAreKeys() async throws {
        let fixture = try await KeeperFixture.empty()
        await #expect(throws: KeyCustodyError.self) {
            _ = try await TPMEnrollment.take(
                keys: fixture.keys, logName: KeeperFixture.logName, tpm: fixture.tpm.device(),
                bundle: CertificateBundle(pem: []))
        }
        #expect(!FileManager.default.fileExists(atPath: fixture.keystorePath))
    }

    /// What a TPM, or a file, gives as a certificate is anybody's bytes.
    @Test func alteredCertificatesAreRefusedOrUntrusted() async throws {
        let appliance = try await Appliance.make()
        defer { appliance.remove() }
        let intact = try certificate(appliance.tpm)
        let bundle = CertificateBundle(pem: try appliance.tpm.authorities())
        // What an index holds after the certificate is not part of it.
        #expect(try EndorsementCertificate(intact.der + [0xFF, 0xFF]) == intact)
        #expect(try bundle.chain(of: intact).count == 3)
        for length in stride(from: 0, to: intact.der.count, by: 61) {
            #expect(throws: EnrollmentError.self) {
                _ = try EndorsementCertificate(Array(intact.der.prefix(length)))
            }
        }
        for position in stride(from: 0, to: intact.der.count, by: 7) {
            var bytes = intact.der
            bytes[position] ^= 0x10
            let altered = bytes
            #expect(throws: EnrollmentError.self) {
                _ = try bundle.chain(of: EndorsementCertificate(altered))
            }
        }
        // A CA's own certificate says nothing about an endorsement key.
        let root = try #require(try bundle.chain(of: intact).last)
        #expect(throws: EnrollmentError.self) { _ = try EndorsementCertificate(root) }
    }

    private func expect(
        _ code: EnrollmentError.Code, _ body: () async throws -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let error = await #expect(throws: EnrollmentError.self, sourceLocation: sourceLocation) {
            try await body()
        }
        #expect(error?.code == code, "\(String(describing: error))", sourceLocation: sourceLocation)
    }
}
