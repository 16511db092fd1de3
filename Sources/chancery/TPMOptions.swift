import ArgumentParser
import Foundation
import ProcessBoundary

/// `--home`, `--tcti` and `--authorizations`, shared by the verbs of `chancery tpm`.
struct TPMOptions: ParsableArguments {
    @OptionGroup var home: HomeOptions

    @Option(
        help:
            "The TPM, e.g. device:/dev/tpmrm0, which it is on an appliance; else the data directory's software TPM."
    )
    var tcti: String?

    @Option(
        help:
            "File of the TPM's authorizations, where `provision --authorize` set some; else CHANCERY_TPM_AUTHORIZATIONS, else on an appliance /etc/chancery/tpm-authorizations."
    )
    var authorizations: String?

    /// What `chancery-keeper tpm VERB` is told.
    func arguments(_ verb: String, _ home: Home) -> [DaemonRun.Argument] {
        var arguments: [DaemonRun.Argument] = .words(
            ["tpm"] + verb.split(separator: " ").map(String.init))
        arguments += ["--tcti", .word(tcti ?? home.tcti)]
        if let file = authorizationFile(home) { arguments += ["--authorizations", .input(file)] }
        return arguments
    }

    /// In development the keeper's program looks for CHANCERY_TPM_AUTHORIZATIONS itself.
    func authorizationFile(_ home: Home) -> String? {
        if let authorizations { return Home.absolute(authorizations) }
        guard let appliance = home.appliance else { return nil }
        let named = HomeLayout.environmentValue("CHANCERY_TPM_AUTHORIZATIONS") ?? ""
        if !named.isEmpty { return Home.absolute(named) }
        let usual = appliance.places.authorizations
        return Files.exists(usual) ? usual : nil
    }
}
