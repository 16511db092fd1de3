/// What the operator has set in `/etc/chancery/chancery.conf`, which the units read, too.
struct ApplianceConfiguration: Sendable, Equatable {
    /// `ISSUER`: whose tokens count; nil: this appliance's own.
    var issuer: String?
    /// `LOG_NAME`, fixed at the first start.
    var logName: String?
    /// `PORT` of the gateway.
    var port: Int?
    /// `URL` of the gateway for the operator's own calls, where `https://localhost:PORT` is not in its certificate.
    var url: String?
    /// `CA`: PEM file of whom the operator's own calls trust, where it is not the local authority.
    var authority: String?
    /// `KEEPER_OPTIONS`: what its unit appends to its command line.
    var keeperOptions: String?
    /// `TPM_TCTI`
    var tcti: String?
    /// `BACKUP_DIRECTORY`: where the daily backup goes.
    var backups: String?

    /// Of the tokens that the appliance issues to itself, as the units have it.
    static let localIssuer = "chancery"
    /// As the units have it.
    static let defaultLogName = "chancery.localhost"

    /// - Parameter path: what is not there sets nothing.
    /// - Throws: `badInput` naming file and line, or the key whose value cannot be.
    static func read(_ path: String) throws(OperatorError) -> ApplianceConfiguration {
        guard Files.exists(path) else { return ApplianceConfiguration() }
        let text = try Files.readText(path)
        let values: [String: String]
        do throws(EnvironmentFile.SyntaxError) {
            values = try EnvironmentFile(text).values
        } catch {
            throw OperatorError(
                .badInput, "Line \(error.line) of \(path) \(error.reason).",
                next: "Write KEY=VALUE, as systemd.exec(5) has it under EnvironmentFile.")
        }
        let value = { (key: String) in values[key].flatMap { $0.isEmpty ? nil : $0 } }
        let port = value("PORT").map { Int($0) ?? 0 }
        guard port.map({ (1...65535).contains($0) }) != false else {
            throw OperatorError(
                .badInput, "PORT in \(path) is no TCP port.",
                next: "Set it to the port of the gateway, such as 8443, or remove the line.")
        }
        return ApplianceConfiguration(
            issuer: value("ISSUER").flatMap { $0 == localIssuer ? nil : $0 },
            logName: value("LOG_NAME"), port: port,
            url: value("URL").map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 },
            authority: value("CA"), keeperOptions: value("KEEPER_OPTIONS"), tcti: value("TPM_TCTI"),
            backups: value("BACKUP_DIRECTORY"))
    }
}
