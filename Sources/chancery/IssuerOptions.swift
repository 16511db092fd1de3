import ArgumentParser

/// Whose tokens count, for `chancery up`.
struct IssuerOptions: ParsableArguments {
    @Option(
        help:
            "Issuer (iss) of the tokens that count, in the place of the development issuer; remembered."
    )
    var issuer: String?
    @Option(help: "Where that issuer publishes its keys; else keep pki/jwks.json yourself.")
    var issuerUrl: String?
    @Option(help: "Authority of that server's certificate, PEM.")
    var issuerCa: String?
    @Option(help: "How often its keys are fetched.")
    var issuerEvery = "5m"

    /// - Returns: nil: as before.
    func resolve() throws(OperatorError) -> ExternalIssuer? {
        guard let issuer, !issuer.isEmpty else {
            guard issuerUrl == nil, issuerCa == nil else {
                throw OperatorError(
                    .badInput, "Keys without the name of their issuer.",
                    next: "Give --issuer, the `iss` of its tokens.")
            }
            return nil
        }
        _ = try IssuerKeysFetchVerb.interval(issuerEvery)
        return ExternalIssuer(
            name: issuer, url: issuerUrl, authority: issuerCa.map { Home.absolute($0) },
            every: issuerEvery)
    }
}
