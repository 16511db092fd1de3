import ArgumentParser
import Foundation
import ProcessBoundary

/// `--home`, `--tcti` and `--authorizations`, shared by the verbs of `chancery tpm`.
struct TPMOptions: ParsableArguments {
    @OptionGroup var home: HomeOptions

    @Option(help: "The TPM, e.g. device:/dev/tpmrm0; else the data directory's software TPM.")
    var tcti: String?

    @Option(
        help:
            "File of the TPM's authorizations, where `provision --authorize` set some; else CHANCERY_TPM_AUTHORIZATIONS."
    )
    var authorizations: String?

    /// What `chancery-keeper tpm VERB` is told.
    func arguments(_ verb: String, _ home: Home) -> [String] {
        let address = tcti ?? "swtpm:path=\(home.tpmSocket)"
        let file = authorizations.map { ["--authorizations", Home.absolute($0)] } ?? []
        return ["tpm"] + verb.split(separator: " ").map(String.init) + ["--tcti", address] + file
    }
}
