// FORMAT 5.3: canonical JSON without trailing newline,
//   {"attestation":ATTESTATION,"manifest":BODY,"signature":{"algorithm":…,"keyId":…,"value":base64}}
// The signature is RSASSA-PSS over "chancery/manifest/v1" ‖ LF ‖ canonical bytes of BODY. The manifest
// hash is SHA-256 of the whole file. BODY: SegmentManifestBody.swift. ATTESTATION is "none" or what
// SegmentAttestation.swift says.

public import FoundationEssentials

/// A sealed segment's manifest as read: its form is right, its signature is checked by
/// `verifySignature(spki:)`, the attestation by what `SegmentAttestation` offers.
public struct SegmentManifest: Sendable, Equatable {
    public let body: SegmentManifestBody
    public let signature: SegmentManifestSignature
    /// What a TPM says of the seal; nil for "none".
    public let attestation: SegmentAttestation?

    private static let unattested = "none"

    public init(
        body: SegmentManifestBody, signature: SegmentManifestSignature,
        attestation: SegmentAttestation? = nil
    ) {
        self.body = body
        self.signature = signature
        self.attestation = attestation
    }

    /// - Throws: `SegmentManifestError`
    public init(parsing file: some ContiguousBytes) throws(SegmentManifestError) {
        let reader = try ManifestReader(
            bytes: file, members: ["attestation", "manifest", "signature"])
        let signature = try reader.object(
            "signature", members: ["algorithm", "keyId", "value"])
        guard try signature.string("algorithm") == RSAPSS.algorithm else {
            throw .malformed(member: "signature.algorithm", rule: RSAPSS.algorithm)
        }
        self.init(
            body: try SegmentManifestBody(
                reader: try reader.object("manifest", members: SegmentManifestBody.members)),
            signature: try SegmentManifestSignature(
                keyID: try signature.string("keyId"), value: try signature.base64("value")),
            attestation: reader.has("attestation", Self.unattested)
                ? nil
                : try SegmentAttestation(
                    reader: reader.object(
                        "attestation", members: SegmentAttestation.members,
                        malformed: SegmentManifestError.attestationMalformed)))
    }

    public func fileBytes() -> [UInt8] {
        var out = Array("{\"attestation\":".utf8)
        out += attestation?.canonicalBytes() ?? Array("\"\(Self.unattested)\"".utf8)
        out += ",\"manifest\":".utf8
        out += body.canonicalBytes()
        out += ",\"signature\":{\"algorithm\":\"\(RSAPSS.algorithm)\",".utf8
        out += "\"keyId\":\"\(signature.keyID)\",".utf8
        out += "\"value\":\"\(StrictBase64.encode(signature.value))\"}}".utf8
        return out
    }

    /// SHA-256 of the file: `previousManifestHash` of the next manifest, and `SegmentSealed`.
    public var hash: Digest32 {
        fileBytes().withUnsafeBytes { LedgerHash.sha256($0) }
    }

    /// - Parameter spki: a key that the trust file gives for manifests of this tree size.
    /// - Throws: `SegmentManifestError.otherKey`, `.badSignature`
    public func verifySignature(spki: [UInt8]) throws(SegmentManifestError) {
        guard SPKI.keyID(spki) == signature.keyID else {
            throw .otherKey(keyID: signature.keyID)
        }
        guard RSAPSS.verify(signature: signature.value, message: body.signingInput(), spki: spki)
        else { throw .badSignature }
    }
}
