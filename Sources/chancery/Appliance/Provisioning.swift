import Foundation
import ProcessBoundary

/// The steps of `chancery provision` but those of the TPM. Each looks first, and says what it did or found.
struct Provisioning {
    let home: Home
    let appliance: Appliance
    let say: (String) -> Void

    static let missingApproval = """
        keys: none yet. They are sealed so that this TPM opens them only on a platform that you approved of, and nobody has:
          chancery tpm policy show > registers                                        here
          chancery tpm policy key --out policy.key                                    on your own machine, once
          chancery tpm policy sign --key policy.key --values registers --out signed   on your own machine
          chancery provision --policy-key policy.key.pub --policy signed              here
        The private policy.key never belongs on this machine: who has it approves of any platform.
        """

    func makeDirectories() throws(OperatorError) {
        try Appliance.makeDirectories()
        say("directories: \(home.root) and its parts belong to whom the package says")
    }

    /// - Throws: `badInput` where another name was set.
    func fixLogName(_ wanted: String?) throws(OperatorError) {
        guard let wanted else { return say("log: \(appliance.logName)") }
        let wasSet = appliance.configuration.logName
        guard wasSet ?? wanted == wanted else {
            throw OperatorError(
                .badInput,
                "\(appliance.places.configurationFile) calls the log \(appliance.logName).",
                next: "A log keeps its name. Before its first start, change LOG_NAME there.")
        }
        guard wasSet == nil else { return say("log: \(wanted)") }
        let isPlain = wanted.utf8.allSatisfy { byte in
            (0x21...0x7E).contains(byte) && !"\"'\\$+`".utf8.contains(byte)
        }
        guard isPlain, (1...200).contains(wanted.utf8.count) else {
            throw OperatorError(
                .badInput, "That is no name of a log.",
                next: "Use a DNS name of yours, such as audit.example.org.")
        }
        guard !Files.exists(home.sealedRoot) || wanted == ApplianceConfiguration.defaultLogName
        else {
            throw OperatorError(
                .badInput, "The keys are there already, of the log \(appliance.logName).",
                next: "Leave --log-name out.")
        }
        let file = appliance.places.configurationFile
        var text = Files.exists(file) ? try Files.readText(file) : ""
        if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
        try Files.write((text + "LOG_NAME=\(wanted)\n").utf8, to: file, mode: 0o644)
        say("log: \(wanted), from now on")
    }

    /// Certificates and list of revoked ones that near their end, of the local authorities.
    /// - Returns: whether the server's is another one now, which a running gateway reads at its next start.
    @discardableResult
    func renew() throws(OperatorError) -> Bool {
        let pki = DevelopmentPKI(home: home)
        let outcome = pki.isServerOurs ? try pki.ensure() : .kept
        if outcome != .kept { say("server certificate: \(outcome)") }
        try ClientPKI(home: home).ensure()
        SELinuxLabels.restore([appliance.places.configuration, home.pki])
        return outcome != .kept
    }

    /// - Parameter names: of this machine.
    func makeCertificates(names: [String]) throws(OperatorError) {
        let pki = DevelopmentPKI(home: home)
        let file = home.serverCertificate
        if Files.exists(file), !pki.isServerOurs {
            guard names.isEmpty else {
                throw OperatorError(
                    .badInput, "\(file) is a certificate of your own.",
                    next: "Leave --hostname out, or move certificate and key away.")
            }
            guard Files.exists(home.serverKey) else {
                throw OperatorError(
                    .stateMissing, "\(file) is there, and \(home.serverKey) is not.",
                    next: "Put the key beside it, or move the certificate away.")
            }
            say("server certificate: your own, \(file)")
        } else {
            let given = try ServerNames(names + (Self.machineName.map { [$0] } ?? []))
            say(
                "server certificate: \(try pki.ensure(names: given)) in \(file), by \(home.authority)"
            )
        }
        let hadAuthority = Files.exists(home.clientAuthority)
        try ClientPKI(home: home).ensure()
        say("client certificates: \(hadAuthority ? "checked" : "made"), by \(home.clientAuthority)")
    }

    /// nil where it has no DNS name of its own.
    private static var machineName: String? {
        let name = ProcessInfo.processInfo.hostName
        return (try? ServerNames([name])) == nil || name == "localhost" ? nil : name
    }

    func makeIssuer() throws(OperatorError) {
        guard let issuer = appliance.configuration.issuer else {
            let had = Files.exists(home.issuerKey)
            try TokenIssuer.ensure(in: home)
            return say(
                "token issuer: \(home.localIssuer), the local one, \(had ? "found" : "made")")
        }
        guard Files.exists(home.issuerKeySet) else {
            throw OperatorError(
                .stateMissing,
                "Tokens are those of \(issuer), and there is no \(home.issuerKeySet) with its keys.",
                next: "`chancery issuer-keys fetch --url https://…` brings them, then this again.")
        }
        say("token issuer: \(issuer), with the keys of \(home.issuerKeySet)")
    }

    /// Whether the keeper will find a policy, or has keys already.
    func hasApproval(_ given: String?) throws(OperatorError) -> Bool {
        if given != nil || Files.exists(home.sealedRoot) { return true }
        return try Files.names(in: home.keys).contains(where: HomeLayout.isPolicyName)
    }
}
