import ArgumentParser
import KeyCustody
import ProcessBoundary

struct TPMEnrollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enroll",
        abstract: "Write the auditor's trust file. Needs the keeper stopped; safe to repeat.")

    @Option(help: "Data directory; else CHANCERY_HOME, else var.")
    var home: String?

    @OptionGroup var tpm: TPMOptions

    @Option(help: "Name of the log, as at the first start.")
    var name = ServeCommand.defaultLogName

    @Option(help: "Where the trust file goes.")
    var out: String

    @Option(
        help:
            "Where the evidence goes; else beside the trust file, with .enrollment after its name.")
    var evidence: String?

    @Option(help: "PEM file of TPM makers' roots and intermediates; may be repeated.")
    var caBundle: [String]

    @Option(help: "DER of the EK certificate, where the TPM holds none.")
    var ekCertificate: String?

    func run() async throws {
        try await TPMCommand.reporting {
            let layout = HomeLayout.resolve(flag: home)
            let enrollment = try await TPMEnrollment.take(
                keys: layout.keysDirectory, logName: name,
                tpm: try tpm.provisioning().device(), bundle: try CertificateBundle.read(caBundle),
                certificate: try ekCertificate.map {
                    try SystemFile.read($0, limit: CertificateBundle.maxBytes)
                })
            let evidence = evidence ?? out + ".enrollment"
            try SystemFile.replace(enrollment.evidence, at: evidence, mode: 0o644)
            try SystemFile.replace(enrollment.trustFile, at: out, mode: 0o644)
            print(
                """
                TPM: \(enrollment.manufacturer) \(enrollment.model), \(enrollment.endorsementKey) endorsement key, \
                certificate leads to the CA bundle
                attestation key \(enrollment.attestationKey): lives in that TPM, vouches for the trust file
                trust file: \(out)
                evidence: \(evidence)
                """)
        }
    }
}
