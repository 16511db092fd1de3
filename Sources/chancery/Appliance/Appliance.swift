/// An installed Chancery: where things lie on it, and what its operator set.
struct Appliance: Sendable, Equatable {
    /// Absolute paths; others in tests alone.
    struct Places: Sendable, Equatable {
        let data: String
        let configuration: String
        /// What a verb hands to a daemon's program and takes from it.
        let handover: String
        /// Where escrows may go, best a medium that is mounted there.
        let escrow: String

        static let installed = Places(below: "")

        init(below root: String) {
            data = root + "/var/lib/chancery"
            configuration = root + "/etc/chancery"
            handover = root + "/run/chancery-command"
            escrow = root + "/srv/chancery-escrow"
        }

        var configurationFile: String { configuration + "/chancery.conf" }
        var serverCertificate: String { configuration + "/tls/server.pem" }
        var serverKey: String { configuration + "/tls/server.key" }
        /// What opens the TPM's hierarchies, where `tpm provision --authorize` set authorizations.
        var authorizations: String { configuration + "/tpm-authorizations" }
    }

    let places: Places
    let configuration: ApplianceConfiguration

    static let defaultTCTI = "device:/dev/tpmrm0"

    var tcti: String { configuration.tcti ?? Self.defaultTCTI }
    var logName: String { configuration.logName ?? ApplianceConfiguration.defaultLogName }
    /// For the operator's own calls.
    var url: String {
        configuration.url ?? Endpoint.url(port: configuration.port ?? Endpoint.defaultPort)
    }
}
