import ArgumentParser
import KeyCustody
import ProcessBoundary

/// Which TPM, and what opens its hierarchies.
struct TPMOptions: ParsableArguments {
    @Option(help: "The TPM: swtpm:path=SOCKET or device:/dev/tpmrm0.")
    var tcti: String

    @Option(
        help:
            "File of the TPM's authorizations, where `chancery tpm provision --authorize` set some; else CHANCERY_TPM_AUTHORIZATIONS."
    )
    var authorizations: String?

    /// The file, however it was named.
    var authorizationFile: String? {
        let chosen = [authorizations, HomeLayout.environmentValue("CHANCERY_TPM_AUTHORIZATIONS")]
        return chosen.compactMap { $0 }.first { !$0.isEmpty }
    }

    func device() throws(TPMError) -> TPMDevice {
        TPMDevice(
            try TCTIAddress(tcti),
            authorizations: try authorizationFile.map(TPMAuthorizations.read))
    }

    /// For verbs that may make RSA keys on a slow chip.
    func provisioning() throws(TPMError) -> TPMProvisioning {
        TPMProvisioning(
            try TCTIAddress(tcti), patience: .seconds(120), authorizationFile: authorizationFile)
    }
}
