internal import FoundationEssentials
public import LedgerFormat

/// Verifies the certificate of an erasure (FORMAT 9.14) with nothing but the trust file.
public struct CertificateVerifier: Sendable {
    private let trust: TrustFile?

    public init(trust: TrustFile?) { self.trust = trust }

    /// - Throws: `unreadable`, and whatever `verify(bytes:)` throws.
    public func verify(path: String) throws(VerificationFailure) -> VerifiedCertificate {
        let bytes = try EvidenceFile.read(
            path, atMost: ErasureCertificate.maxBytes + LedgerLimits.maxReceiptSignatureBytes,
            tooLarge: .certificateMalformed)
        return try VerificationFailure.naming(EvidenceFile.name(path)) {
            () throws(VerificationFailure) in
            try verify(bytes: bytes)
        }
    }

    /// - Throws: `certificateMalformed`, `certificateEntry`, `certificateStatement`, `certificateSignature`, `generationUntrusted`;
    ///   what receipts throw.
    public func verify(bytes: [UInt8]) throws(VerificationFailure) -> VerifiedCertificate {
        let signed: ErasureCertificate.Signed
        do throws(ErasureCertificateError) {
            signed = try ErasureCertificate.Signed(parsing: bytes)
        } catch {
            throw VerificationFailure(error)
        }
        let certificate = signed.certificate
        for entry in certificate.entries {
            let receipt = try ReceiptVerifier(trust: trust).verify(
                bytes: Array(entry.receipt), header: Array(entry.header))
            // Of another log it would prove nothing about this one.
            guard LedgerOrigin(receipt.origin)?.name == certificate.origin.name else {
                throw VerificationFailure(
                    .certificateEntry, index: receipt.index,
                    "its receipt is of \(receipt.origin), the certificate of \(certificate.origin.text)"
                )
            }
        }
        try checkSignature(of: signed)
        return VerifiedCertificate(
            certificate: certificate, signer: signed.signature.keyID,
            isSignatureChecked: trust != nil)
    }

    private func checkSignature(
        of signed: ErasureCertificate.Signed
    ) throws(VerificationFailure) {
        guard let trust else { return }
        let origin = signed.certificate.origin
        let generation = try trust.require(origin.generation)
        guard generation.origin == origin.text else {
            throw VerificationFailure(
                .certificateSignature,
                "it is of \(origin.text), the trust file's log is \(generation.origin)")
        }
        let keys = generation.keys.filter {
            $0.use == .receipt && $0.keyID == signed.signature.keyID
        }
        guard !keys.isEmpty else {
            throw VerificationFailure(
                .certificateSignature,
                "the trust file lists no receipt key \(signed.signature.keyID) of that generation")
        }
        guard
            keys.contains(where: {
                signed.signature.isValid(for: signed.body, spki: $0.publicKey)
            })
        else {
            throw VerificationFailure(
                .certificateSignature,
                "the signature by key \(signed.signature.keyID) is not over these bytes")
        }
    }
}

/// A certificate that holds.
public struct VerifiedCertificate: Sendable {
    public let certificate: ErasureCertificate
    /// Id of the receipt key.
    public let signer: String
    /// False without a trust file: then only the arithmetic was checked.
    public let isSignatureChecked: Bool
}

extension VerificationFailure {
    fileprivate init(_ error: ErasureCertificateError) {
        let code: Code =
            switch error {
            case .malformed: .certificateMalformed
            case .entry: .certificateEntry
            case .statement: .certificateStatement
            }
        self.init(code, error.message)
    }
}
