import ArgumentParser
import KeyCustody
import LedgerFormat
import ProcessBoundary

struct TPMCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the evidence of an enrollment again. Needs no TPM and no data directory.")

    @Option(help: "The trust file.")
    var trust: String

    @Option(help: "The evidence; else beside the trust file, with .enrollment after its name.")
    var evidence: String?

    @Option(help: "PEM file of the TPM makers' roots that you trust; may be repeated.")
    var caBundle: [String]

    func run() async throws {
        try await TPMCommand.reporting {
            let check = try EnrollmentCheck(
                evidence: try SystemFile.read(
                    evidence ?? trust + ".enrollment", limit: EnrollmentCheck.maxBytes),
                trustFile: try SystemFile.read(trust, limit: LedgerLimits.maxTrustFileBytes),
                bundle: try CertificateBundle.read(caBundle))
            print(
                """
                enrolled \(check.time) at a \(check.manufacturer) \(check.model)
                the maker's certificate leads to your bundle; attestation key \(check.attestationKey) vouches for this trust file
                it certifies that these keys live in that TPM and never leave it: \(check.residentKeys.joined(separator: ", "))
                """)
        }
    }
}
