import Foundation

/// Which URL and port the gateway has.
enum Endpoint {
    static let defaultPort = 8443

    static func url(port: Int) -> String { "https://localhost:\(port)" }

    /// Flag, else CHANCERY_PORT, else nil.
    static func requestedPort(_ flag: Int?) throws(OperatorError) -> Int? {
        let text = ProcessInfo.processInfo.environment["CHANCERY_PORT"] ?? ""
        guard let port = flag ?? Int(text) else {
            if text.isEmpty { return nil }
            throw OperatorError(
                .badInput, "CHANCERY_PORT is not a number: \(text)",
                next: "Set it to a free TCP port, such as 8443.")
        }
        guard (1...65535).contains(port) else {
            throw OperatorError(
                .badInput, "There is no port \(port).", next: "Choose one between 1 and 65535.")
        }
        return port
    }

    /// --url, else on an appliance what its configuration says, else where the gateway was started last, else what CHANCERY_PORT says, else the default.
    static func base(flag: String?, home: Home) throws(OperatorError) -> String {
        if let flag { return flag.hasSuffix("/") ? String(flag.dropLast()) : flag }
        if let appliance = home.appliance { return appliance.url }
        if let port = RunningProcess.of(.gateway, home: home)?.port { return url(port: port) }
        if let recorded = recorded(home) { return recorded }
        return url(port: try requestedPort(nil) ?? defaultPort)
    }

    static func record(port: Int, home: Home) throws(OperatorError) {
        try Files.write((url(port: port) + "\n").utf8, to: home.endpoint)
    }

    private static func recorded(_ home: Home) -> String? {
        let text = try? Files.readText(home.endpoint).trimmingCharacters(
            in: .whitespacesAndNewlines)
        return text.flatMap { $0.hasPrefix("https://") ? $0 : nil }
    }
}
