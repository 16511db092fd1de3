/// The eight floors (ARCHITECTURE.md): imports point strictly down, modules on one floor never import each other.
enum Floors {
    static let executables = [
        "chancery", "chancery-gateway", "chancery-ledger", "chancery-keeper", "chancery-verify",
    ]

    /// C libraries are below all floors: -1.
    static let floor: [String: Int] = [
        "CSodium": -1, "CTSS2": -1, "CGFShare": -1, "COpenSSL": -1, "CIDN2": -1, "CLinux": -1,
        "ContactModel": 0, "LedgerFormat": 0,
        "ProcessBoundary": 1,
        "AccessControl": 2, "KeyCustody": 2, "LedgerVerification": 2,
        "Projections": 3,
        "LedgerStore": 4,
        "ContactServices": 5,
        "PublicAPI": 6,
        "chancery": 7, "chancery-gateway": 7, "chancery-ledger": 7, "chancery-keeper": 7,
        "chancery-verify": 7,
    ]

    /// What an executable may never import, however far down it lies, and why.
    static let forbidden: [(module: String, imports: Set<String>, reason: String)] = [
        (
            "chancery-verify",
            Set(floor.keys).subtracting(["LedgerFormat", "LedgerVerification"]),
            "an auditor's tool holds nothing that could decrypt, write or vouch for itself"
        ),
        (
            "chancery-ledger",
            ["KeyCustody", "CTSS2", "COpenSSL", "CIDN2", "ContactServices", "PublicAPI"],
            "keys never enter the process that owns the database"
        ),
        (
            "chancery-gateway",
            ["KeyCustody", "CTSS2", "LedgerStore", "Projections", "LedgerVerification", "GRDB"],
            "the process with the network has neither keys nor database"
        ),
        (
            "chancery-keeper",
            [
                "LedgerStore", "Projections", "ContactServices", "PublicAPI", "Hummingbird",
                "AsyncHTTPClient",
            ],
            "the process that owns the TPM has no network and no ledger"
        ),
        (
            "chancery", ["KeyCustody", "LedgerStore", "Projections", "CTSS2", "GRDB"],
            "the operator's command holds neither keys nor database"
        ),
    ]
}
