internal import LedgerVerification

extension CommandResult {
    /// What was found of the certificate of an erasure.
    struct Certificate: Codable {
        let path: String
        private(set) var outcome: VerificationReport.Outcome
        var subject: String?
        var origin: String?
        var signer: String?
        var issuedAt: String?
        var erasedAt: String?
        var epochBefore: UInt64?
        var epochAfter: UInt64?
        /// Escrows from before the erasure that were not known to be destroyed at `issuedAt`; absent: none that the keystore knew of.
        var escrowRemaining: Int?
        var recipients: [String]?
        var omittedRecipients: UInt64?
        var exceptions: [String]?
        private(set) var notChecked: [String] = []
        var failure: VerificationFailure?

        init(path: String, verified: VerifiedCertificate) {
            self.path = path
            if !verified.isSignatureChecked {
                notChecked.append("signatures: no trust file given (--trust)")
            }
            outcome = notChecked.isEmpty ? .verified : .partial
            let certificate = verified.certificate
            let statement = certificate.statement
            subject = statement.subject.hex
            origin = certificate.origin.text
            signer = verified.signer
            issuedAt = certificate.issuedAt.text
            erasedAt = statement.erasedAt.text
            epochBefore = statement.epochBefore
            epochAfter = statement.epochAfter
            escrowRemaining = certificate.escrow?.remaining.count
            recipients = statement.recipients
            omittedRecipients = statement.omittedRecipients
            exceptions = statement.exceptions
        }

        init(path: String, failure: VerificationFailure) {
            self.path = path
            outcome = .failed
            self.failure = failure
        }

        /// Of escrow, for a person.
        var escrowText: String {
            switch escrowRemaining {
            case nil: "none that the keystore knew of"
            case 0: "none from before the erasure is left"
            case let left?: "\(left) from before the erasure, until destroyed: no date ends it"
            }
        }
    }
}
