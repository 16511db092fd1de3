/// What went wrong at the TPM, in terms an operator can act on. Never holds a secret.
public struct TPMError: Error, Sendable, Equatable {
    /// Callers branch on this alone.
    public enum Code: String, Sendable {
        /// No TPM at the address: no socket, no device, nobody listening.
        case absent
        /// Somebody else holds it, or it did not answer in time.
        case busy
        /// Dictionary-attack lockout or another refusal to authorize.
        case lockedOut
        /// The connection broke under us (the software TPM was restarted, the device went away).
        case lost
        /// The blob was made by another TPM, or was altered.
        case foreign
        /// There is nothing at the handle.
        case missing
        /// The erasure counter has gone on since the blob was sealed: what an erasure ended stays ended.
        case superseded
        /// No installed policy approves of what the platform's registers hold; one that does lets things go on.
        case unapproved
        /// The TPM refused for another reason; `responseCode` tells which.
        case refused
        /// The address or the sealed blob is not something this code reads.
        case malformed
    }

    public let code: Code
    /// The ESAPI call or step, e.g. `Esys_Unseal`.
    public let operation: String
    /// `0x` and eight hex digits; nil when no response was involved.
    public let responseCode: String?
    /// The next step for a person.
    public let hint: String

    init(_ code: Code, operation: String, responseCode: TPMResponseCode? = nil, hint: String) {
        self.code = code
        self.operation = operation
        self.responseCode = responseCode?.hex
        self.hint = hint
    }

    /// Reads a failed response of `operation`.
    init(_ response: TPMResponseCode, operation: String, address: TCTIAddress) {
        let (code, hint) = Self.meaning(of: response, address: address)
        self.init(code, operation: operation, responseCode: response, hint: hint)
    }

    private static func meaning(
        of response: TPMResponseCode, address: TCTIAddress
    ) -> (Code, String) {
        if response.isTransportFailure {
            return (
                .lost,
                "the connection to the TPM at \(address.text) broke; if the software TPM was "
                    + "restarted, try again, else check that it runs"
            )
        }
        guard response.isFromTPM else {
            return (
                .refused,
                "the TPM software stack refused; decode the response with tpm2_rc_decode"
            )
        }
        switch response.tpmError {
        case TPMResponseCode.lockout, TPMResponseCode.authFail, TPMResponseCode.badAuth:
            return (
                .lockedOut,
                "the TPM refuses to authorize: `chancery tpm status` says whether it is in lockout "
                    + "(`chancery tpm clear-lockout`) or a hierarchy has an authorization, which is "
                    + "then to be handed over (tpm/README.md)"
            )
        case TPMResponseCode.retry, TPMResponseCode.testing, TPMResponseCode.yielded:
            return (.busy, "the TPM is busy; try again in a few seconds")
        case TPMResponseCode.objectMemory, TPMResponseCode.sessionMemory, TPMResponseCode.memory:
            return (
                .busy,
                "the TPM has no free slot; another program left objects or sessions in it: "
                    + "tpm2_flushcontext --transient-object, --loaded-session"
            )
        case TPMResponseCode.integrity:
            return (
                .foreign,
                "the blob was sealed by another TPM or was altered; start with the TPM that made "
                    + "it, or recover from an escrow"
            )
        case TPMResponseCode.references:
            return (
                .lost,
                "the TPM forgot what was loaded into it: it was restarted or reset meanwhile; try again"
            )
        case TPMResponseCode.initialize:
            return (
                .refused,
                "the TPM was not started up; start swtpm with --flags startup-clear"
            )
        case TPMResponseCode.handle:
            return (.missing, "the TPM has nothing at that handle")
        case TPMResponseCode.policy:
            return (
                .superseded,
                "the erasure counter no longer stands where it did when this was sealed: the file is "
                    + "older than the last erasure; put the newest keys/ back, or recover from an escrow"
            )
        case TPMResponseCode.policyFail:
            return (
                .foreign,
                "the blob was sealed to another policy than keystore and sealed root say: one of them was "
                    + "altered; restore keys/ as one whole"
            )
        case TPMResponseCode.registersChanged:
            return (.busy, "a platform register changed meanwhile; try again")
        case TPMResponseCode.hierarchy:
            return (.refused, "the TPM's owner hierarchy is disabled; enable it in the firmware")
        default:
            return (
                .refused, "the TPM refused; decode the response with tpm2_rc_decode"
            )
        }
    }
}

extension TPMError: CustomStringConvertible {
    public var description: String {
        let response = responseCode.map { " (response \($0))" } ?? ""
        return "TPM \(code.rawValue) at \(operation)\(response): \(hint)"
    }
}
