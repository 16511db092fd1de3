/// The types that `selinux/contact_enrichment.fc` and `.te` give; a test compares.
struct LabelRules {
    let home: Home

    static let sealedType = "contact_enrichment_sealed_t"

    static func domain(of daemon: DaemonKind) -> String {
        switch daemon {
        case .gateway: "contact_enrichment_t"
        case .ledger: "contact_enrichment_db_t"
        case .keeper: "contact_enrichment_crypto_t"
        }
    }

    static let programs: [(path: String, type: String)] = [
        ("/usr/lib/chancery/chancery-gateway", "contact_enrichment_exec_t"),
        ("/usr/lib/chancery/chancery-ledger", "contact_enrichment_db_exec_t"),
        ("/usr/lib/chancery/chancery-keeper", "contact_enrichment_crypto_exec_t"),
        ("/usr/lib/chancery/label-sealed", "contact_enrichment_seal_exec_t"),
        ("/usr/libexec/chancery/chancery-gateway", "contact_enrichment_exec_t"),
        ("/usr/libexec/chancery/chancery-ledger", "contact_enrichment_db_exec_t"),
        ("/usr/libexec/chancery/chancery-keeper", "contact_enrichment_crypto_exec_t"),
        ("/usr/libexec/chancery/label-sealed", "contact_enrichment_seal_exec_t"),
        ("/usr/lib/chancery/chancery", "bin_t"),
        ("/usr/libexec/chancery/chancery", "bin_t"),
        ("/etc/chancery", "contact_enrichment_conf_t"),
        ("/etc/chancery/tls", "contact_enrichment_credential_t"),
    ]

    /// Below the data directory.
    static let data: [(path: String, type: String)] = [
        ("", "contact_enrichment_var_t"),
        ("/trust.json", "contact_enrichment_trust_t"),
        ("/ballast", "contact_enrichment_ledger_t"),
        ("/ledger", "contact_enrichment_ledger_t"),
        ("/recovered", "contact_enrichment_ledger_t"),
        ("/views", "contact_enrichment_view_t"),
        ("/views/projections.sqlite", "contact_enrichment_view_t"),
        ("/keys", "contact_enrichment_keys_t"),
        ("/keys/keystore.sqlite", "contact_enrichment_keys_t"),
        ("/keys/root.sealed", "contact_enrichment_keys_t"),
        ("/log", "contact_enrichment_log_t"),
        ("/pki", "contact_enrichment_conf_t"),
        ("/pki/jwks.json", "contact_enrichment_conf_t"),
        ("/pki/ca.key", "contact_enrichment_authority_t"),
        ("/pki/client-ca.key", "contact_enrichment_authority_t"),
        ("/pki/issuer.key", "contact_enrichment_authority_t"),
        ("/run", "contact_enrichment_runtime_t"),
        ("/run/ledger.gateway.sock", "contact_enrichment_db_sock_t"),
        ("/run/keeper.gateway.sock", "contact_enrichment_crypto_sock_t"),
        ("/run/keeper.ledger.sock", "contact_enrichment_crypto_db_sock_t"),
    ]

    var files: [(path: String, type: String)] {
        Self.programs + Self.data.map { (home.root + $0.path, $0.type) }
    }

    /// Segments with a manifest, and the manifests: the last that the ledger does to one is to make it read-only.
    var sealedFiles: [String] {
        let segments = LedgerFiles.of(home.ledger).fact?.segments ?? []
        return segments.filter(\.isSealed).flatMap { segment in
            [segment.path, segment.path.dropLast("sqlite".count) + "manifest"]
        }.filter { FileStatus.of($0).fact?.mode == 0o444 }
    }
}
