import Foundation

/// An issuer of tokens in the place of the development's, as `chancery up` was told; remembered in `pki/issuer.json`.
struct ExternalIssuer: Codable, Equatable, Sendable {
    /// `iss` of its tokens.
    let name: String
    /// Where it publishes its keys; nil: somebody keeps `pki/jwks.json`.
    let url: String?
    /// PEM file of the authority of that server's certificate; absolute.
    let authority: String?
    /// How often its keys are fetched, as `DurationText` has it.
    let every: String
    /// True while the keys on the disk may still be those of the one before.
    private(set) var keysPending: Bool?

    var isPending: Bool { keysPending == true }
    var pending: Self { marked(true) }
    var settled: Self { marked(nil) }

    private func marked(_ pending: Bool?) -> Self {
        var copy = self
        copy.keysPending = pending
        return copy
    }

    /// - Returns: nil where tokens are the development issuer's.
    /// - Throws: `inputOutput`
    static func read(_ home: Home) throws(OperatorError) -> ExternalIssuer? {
        if let appliance = home.appliance { return of(appliance) }
        guard Files.exists(home.externalIssuer) else { return nil }
        let text = try Files.readText(home.externalIssuer)
        do {
            return try JSONDecoder().decode(Self.self, from: Data(text.utf8))
        } catch {
            throw OperatorError(
                .inputOutput, "\(home.externalIssuer) is damaged.",
                next:
                    "Delete it and run `chancery up` with --issuer and --issuer-url; without them tokens are the development issuer's."
            )
        }
    }

    /// On an appliance the configuration names it, and somebody keeps its keys.
    private static func of(_ appliance: Appliance) -> ExternalIssuer? {
        appliance.configuration.issuer.map {
            ExternalIssuer(name: $0, url: nil, authority: nil, every: "")
        }
    }

    func write(_ home: Home) throws(OperatorError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes: Data
        do { bytes = try encoder.encode(self) } catch {
            throw OperatorError(
                .inputOutput, "Cannot write \(home.externalIssuer): \(error)", next: "Try again.")
        }
        try Files.write(bytes, to: home.externalIssuer, mode: 0o644)
    }

    /// The command that keeps its keys; nil where there is no URL.
    func arguments(home: Home) -> [String]? {
        guard let url else { return nil }
        return [
            IssuerKeysCommand.name, IssuerKeysFetchVerb.name, "--home", home.root, "--url", url,
            "--every", every,
        ] + (authority.map { ["--ca", $0] } ?? [])
    }
}
