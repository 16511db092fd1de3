/// The three processes, in the order in which they come up.
enum DaemonKind: String, CaseIterable, Sendable {
    case keeper = "chancery-keeper"
    case ledger = "chancery-ledger"
    case gateway = "chancery-gateway"

    /// Nobody loses a peer that it still needs.
    static let stopOrder: [DaemonKind] = [.gateway, .ledger, .keeper]

    /// The keeper logs nothing once it runs; its file holds one line if it could not start.
    func logFile(in home: Home) -> String {
        switch self {
        case .keeper: home.log + "/keeper.start"
        case .ledger: home.layout.logFile("ledger")
        case .gateway: home.layout.logFile("gateway")
        }
    }

    /// - Parameter issuer: of the tokens that count; nil: the development's.
    func arguments(home: Home, port: Int, issuer: String? = nil) -> [String] {
        own(home, port) + (issuer.map { ["--issuer", $0] } ?? [])
    }

    private func own(_ home: Home, _ port: Int) -> [String] {
        switch self {
        case .keeper: ["--home", home.root, "--tcti", "swtpm:path=\(home.tpmSocket)"]
        case .ledger: ["--home", home.root]
        case .gateway:
            [
                "--home", home.root, "--host", "127.0.0.1", "--port", String(port),
                "--require-client-certificates",
                // Everybody is on one address here.
                "--connections-per-address", "12288",
            ]
        }
    }
}
