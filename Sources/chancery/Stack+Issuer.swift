import AccessControl
import Foundation

extension Stack {
    /// Whose tokens count: keys of the development issuer, or those of the one that was named, brought here before a daemon needs them.
    ///
    /// Name and keys are two files. The name is written first, as pending: under that nothing starts (`believedIssuer`).
    /// - Parameter requested: nil leaves it as it was.
    func ensureIssuer(_ requested: ExternalIssuer?) async throws(OperatorError) {
        let before = try ExternalIssuer.read(home)
        let issuer = (requested ?? before)?.settled
        try requireNobodyBelievesAnother(than: issuer?.name)
        guard let issuer else {
            try await stopFetching()
            unlink(KeySetFetch.path(of: home.issuerKeySet))
            return try TokenIssuer.ensure(in: home)
        }
        if issuer != before {
            let running = DaemonKind.allCases.first { RunningProcess.of($0, home: home) != nil }
            if let running { throw Self.busy(running) }
        }
        // Before other keys come, which it would write over.
        try await stopFetching()
        if issuer != before { try issuer.pending.write(home) }
        do throws(OperatorError) {
            try await ensureKeys(of: issuer, before: before)
        } catch {
            // The keys are still those of before.
            if let before { try before.write(home) } else { unlink(home.externalIssuer) }
            throw error
        }
        try issuer.write(home)
        guard let arguments = issuer.arguments(home: home) else { return }
        let pid = try ChildProcess.spawn(
            try binaries.sibling("chancery"), arguments, output: home.layout.logFile("issuer-keys"),
            detached: true)
        console.note("issuer-keys runs (pid \(pid))")
    }

    /// For a daemon that starts; nil: the development issuer.
    /// - Throws: `notReady` while the keys on the disk may be another's.
    func believedIssuer() throws(OperatorError) -> String? {
        let issuer = try ExternalIssuer.read(home)
        let isSettled: Bool
        if let issuer {
            isSettled = !issuer.isPending
        } else {
            isSettled = try TokenIssuer(home: home).isAlone(in: home.issuerKeySet)
        }
        guard isSettled else {
            throw OperatorError(
                .notReady,
                "\(home.issuerKeySet) may hold keys of another issuer than \(issuer?.name ?? home.localIssuer).",
                next: "Run `chancery up`, which brings the right ones.")
        }
        return issuer?.name
    }

    /// What runs was told its issuer at its start, whatever the file says now.
    private func requireNobodyBelievesAnother(than name: String?) throws(OperatorError) {
        for daemon in DaemonKind.allCases {
            let other = RunningProcess.all(daemon, home: home).first {
                $0.serves && $0.issuer != name
            }
            if other != nil { throw Self.busy(daemon) }
        }
    }

    private static func busy(_ daemon: DaemonKind) -> OperatorError {
        OperatorError(
            .busy, "\(daemon.rawValue) runs and believes another issuer.",
            next: "Run `chancery down` first, then this again.")
    }

    /// - Throws: where the file is as it was.
    private func ensureKeys(
        of issuer: ExternalIssuer, before: ExternalIssuer?
    ) async throws(OperatorError) {
        try TokenIssuer.ensureKey(in: home)
        if let url = issuer.url {
            return try await fetchKeys(
                from: url, issuer, mustSucceed: issuer != before)
        }
        // Its private half lies here: under another issuer's name it would make tokens for anybody.
        guard try !TokenIssuer(home: home).isPublished(in: home.issuerKeySet) else {
            throw OperatorError(
                .badInput, "\(home.issuerKeySet) holds the development issuer's key.",
                next: "Put the key set of \(issuer.name) in its place, or give --issuer-url.")
        }
        guard before?.name == issuer.name || KeySetFetch.read(beside: home.issuerKeySet) == nil
        else {
            throw OperatorError(
                .badInput, "\(home.issuerKeySet) holds keys fetched for another issuer.",
                next: "Put the key set of \(issuer.name) in its place, or give --issuer-url.")
        }
        unlink(KeySetFetch.path(of: home.issuerKeySet))
    }

    /// - Parameter mustSucceed: else those from before do for now.
    private func fetchKeys(
        from url: String, _ issuer: ExternalIssuer, mustSucceed: Bool
    ) async throws(OperatorError) {
        let client = try KeySetClient(url: url, authority: issuer.authority)
        var refresh = KeySetRefresh(
            client: client, path: home.issuerKeySet,
            every: try IssuerKeysFetchVerb.interval(issuer.every))
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
