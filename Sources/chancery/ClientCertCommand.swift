import ArgumentParser

struct ClientCertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client-cert",
        abstract: "Client certificates of the development CA, to bind tokens to.",
        discussion: """
            A token that `chancery token --client-cert FILE` binds to a certificate (RFC 8705) counts only over connections that show it. \
            The certificate names its principal as the URI urn:chancery:principal:SUBJECT.
            """,
        subcommands: [ClientCertIssueVerb.self, ClientCertRevokeVerb.self])
}

struct ClientCertIssueVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue", abstract: "Write a certificate and its key, NAME.pem and NAME.key.",
        discussion:
            "JSON (--json): {subject, certificate, key, thumbprint}; the last is its x5t#S256.")

    @OptionGroup var options: HomeOptions
    @Option(help: "The principal; tokens with another subject do not count beside it.")
    var subject: String
    @Option(help: "NAME: where to write, without the ending.")
    var out: String
    @Option(help: "Lifetime: 1h, 30d; at most 90d.")
    var ttl = "90d"
    @OptionGroup var output: OutputOptions

    private struct Issued: Encodable {
        let subject: String
        let certificate: String
        let key: String
        let thumbprint: String
    }

    func run() throws {
        let home = try options.existing()
        try TokenRequest.check(subject: subject)
        guard let lifetime = DurationText.seconds(ttl), lifetime <= Int(DevelopmentPKI.lifetime)
        else {
            throw OperatorError(
                .badInput, "\(ttl) is no lifetime.", next: "Write 1h or 30d; at most 90d.")
        }
        let identity = ClientIdentity(certificate: out + ".pem", key: out + ".key")
        try ClientPKI(home: home).issue(
            subject: subject, to: identity, lifetime: Double(lifetime))
        let issued = Issued(
            subject: subject, certificate: identity.certificate, key: identity.key,
            thumbprint: try ClientIdentity.binding(identity.certificate).thumbprint)
        try Console().report(
            "\(identity.certificate) and \(identity.key) are \(subject)'s",
            json: output.json ? issued : nil)
    }
}

struct ClientCertRevokeVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract:
            "Put a certificate on the revocation list; a running gateway reads it within a second.",
        discussion: "JSON (--json): {revoked: FILE}.")

    @OptionGroup var options: HomeOptions
    @Argument(help: "The certificate, PEM.")
    var file: String
    @OptionGroup var output: OutputOptions

    func run() throws {
        let home = try options.existing()
        try ClientPKI(home: home).revoke(file)
        try Console().report("\(file) is revoked", json: output.json ? ["revoked": file] : nil)
    }
}
