import Foundation

extension Stack {
    /// Whose tokens count: keys of the development issuer, or those of the one that was named, brought here before a daemon needs them.
    /// - Parameter requested: nil leaves it as it was.
    func ensureIssuer(_ requested: ExternalIssuer?) async throws(OperatorError) {
        let before = try ExternalIssuer.read(home)
        guard let issuer = requested ?? before else { return try TokenIssuer.ensure(in: home) }
        if issuer != before {
            let running = DaemonKind.allCases.first { RunningProcess.of($0, home: home) != nil }
            if let running {
                throw OperatorError(
                    .busy, "\(running.rawValue) runs and believes another issuer.",
                    next: "Run `chancery down` first, then this again.")
            }
        }
        try TokenIssuer.ensureKey(in: home)
        // Its private half lies here: under another issuer's name it would make tokens for anybody.
        let holdsOurs = try TokenIssuer(home: home).publishes(home.issuerKeySet)
        guard issuer.url != nil || !holdsOurs else {
            throw OperatorError(
                .badInput, "\(home.issuerKeySet) holds the development issuer's key.",
                next: "Put the key set of \(issuer.name) in its place, or give --issuer-url.")
        }
        if let url = issuer.url {
            try await fetchKeys(from: url, issuer.authority, mustSucceed: issuer != before)
        }
        try issuer.write(home)
        try await stopFetching()
        guard let arguments = issuer.arguments(home: home) else { return }
        let pid = try ChildProcess.spawn(
            try binaries.sibling("chancery"), arguments, output: home.layout.logFile("issuer-keys"),
            detached: true)
        console.note("issuer-keys runs (pid \(pid))")
    }

    /// - Parameter mustSucceed: else those from before do for now.
    private func fetchKeys(
        from url: String, _ authority: String?, mustSucceed: Bool
    ) async throws(OperatorError) {
        let client = try KeySetClient(url: url, authority: authority)
        var refresh = KeySetRefresh(client: client, path: home.issuerKeySet)
        do throws(OperatorError) {
            if let change = try await refresh.run() { console.note(change.text) }
            await client.shutdown()
        } catch {
            await client.shutdown()
            if mustSucceed { throw error }
            console.note("warning: \(error.message)")
        }
    }

    /// - Returns: how many were running.
    @discardableResult
    func stopFetching(force: Bool = false) async throws(OperatorError) -> Int {
        guard let running = RunningProcess.keyFetcher(home: home) else { return 0 }
        try await ending.end(running.pid, "issuer-keys", force: force)
        return 1
    }
}
