import ArgumentParser
import Foundation

struct IssuerKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: name, abstract: "The keys of whoever issues the tokens.",
        subcommands: [IssuerKeysFetchVerb.self])

    static let name = "issuer-keys"
}

struct IssuerKeysFetchVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Fetch an issuer's JWKS into pki/jwks.json, where the daemons read it.",
        discussion: """
            The daemons themselves call nobody. HTTPS alone, no redirects; what is no key set with a key that counts leaves the file as
            it is. A key that the issuer does not publish any more ends its tokens within a second of the fetch.
            With --every it goes on until it is told to stop (SIGTERM), and says what changed. `chancery up --issuer-url` runs it so.

            JSON (--json, without --every): {changed, added: [kid], removed: [kid], unusable: [text]}.
            """)

    static let name = "fetch"

    @OptionGroup var options: HomeOptions
    @Option(help: "Where the issuer publishes its keys: https://…")
    var url: String
    @Option(
        help: "Authority of that server's certificate, PEM (default: what this machine trusts).")
    var ca: String?
    @Option(help: "Look again: 30s, 5m, 1h; at most 24h.")
    var every: String?
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !output.json || every == nil else {
            throw ValidationError("--json tells of one fetch, --every goes on.")
        }
    }

    private struct Fetched: Encodable {
        let changed: Bool
        let added: [String]
        let removed: [String]
        let unusable: [String]
    }

    func run() async throws {
        let home = try options.resolve()
        let interval = try every.map { try Self.interval($0) }
        let client = try KeySetClient(url: url, authority: ca)
        var refresh = KeySetRefresh(
            client: client, path: home.issuerKeySet, every: interval)
        guard let interval else {
            do {
                let change = try await refresh.run()
                await client.shutdown()
                let fetched = Fetched(
                    changed: change != nil, added: change?.added ?? [],
                    removed: change?.removed ?? [], unusable: change?.unusable ?? [])
                try Console().report(
                    change?.text ?? "issuer keys unchanged", json: output.json ? fetched : nil)
            } catch {
                await client.shutdown()
                throw error
            }
            return
        }
        await Self.goOn(&refresh, RefreshInterval(interval))
    }

    static func interval(_ text: String) throws(OperatorError) -> Duration {
        guard let seconds = DurationText.seconds(text), seconds <= 86_400 else {
            throw OperatorError(
                .badInput, "\(text) is no interval.", next: "Write 30s, 5m or 1h; at most 24h.")
        }
        return .seconds(seconds)
    }

    /// Until a signal ends the process: whenever that is, the file is the old one or the new one.
    private static func goOn(_ refresh: inout KeySetRefresh, _ interval: RefreshInterval) async {
        let console = Console()
        var interval = interval
        var trouble: String?
        while !Task.isCancelled {
            do throws(OperatorError) {
                let change = try await refresh.run()
                interval.succeeded()
                if let change { console.say(change.text) }
                if trouble != nil { console.say("issuer keys can be fetched again") }
                trouble = nil
            } catch {
                interval.failed()
                // Once, not every time.
                if trouble != error.message { console.note(error.description) }
                trouble = error.message
            }
            try? await Task.sleep(for: interval.next())
        }
    }
}
