/// What systemd is told to run one verb of a daemon's program: as its user, in its SELinux domain, and with what its unit
/// gives up (`appliance/systemd`). A pure value: `arguments` is all there is to it.
///
/// Output goes to files, which the command reads: the keeper's domain may write to nobody's pipe or terminal.
struct TransientUnit: Sendable, Equatable {
    /// Without the dash after `chancery` whose drop-ins all units of the package have: what they say would win.
    let name: String
    let daemon: DaemonKind
    let data: String
    let program: String
    let words: [String]
    /// The TPM's device file, for the keeper.
    let device: String?
    /// Besides those of its daemon's unit.
    let writable: [String]
    /// Operator's directory and where the program sees it.
    let mounts: [Mount]
    let output: String
    let errors: String

    struct Mount: Sendable, Equatable {
        let source: String
        let target: String
    }

    /// As in `selinux/assertions.toml`.
    var context: String {
        switch daemon {
        case .gateway: "system_u:system_r:contact_enrichment_t:s0"
        case .ledger: "system_u:system_r:contact_enrichment_db_t:s0-s0:c1001"
        case .keeper: "system_u:system_r:contact_enrichment_crypto_t:s0-s0:c1002"
        }
    }

    /// Of systemd-run.
    var arguments: [String] {
        ["--quiet", "--wait", "--collect", "--service-type=exec", "--unit=\(name)"]
            + properties.map { "--property=\($0)" } + ["--", program]
            // systemd puts variables in for `$`.
            + words.map {
                $0.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$")
            }
    }

    private var properties: [String] {
        [
            "Description=chancery: a verb of \(daemon.rawValue)",
            "User=\(daemon.user.rawValue)", "Group=\(daemon.user.rawValue)",
            "SELinuxContext=\(context)", "StandardInput=null", "StandardOutput=file:\(output)",
            "StandardError=file:\(errors)",
        ] + Self.givenUp + own + mounts.map { "BindPaths=\($0.source):\($0.target)" }
            + [
                "ReadWritePaths="
                    + (ownPaths + writable + mounts.map(\.target)).joined(separator: " ")
            ]
    }

    /// As `chancery-.service.d/10-given-up.conf`, and what keeper and ledger give up both.
    private static let givenUp = [
        "UMask=0077", "NoNewPrivileges=yes", "CapabilityBoundingSet=",
        "SystemCallArchitectures=native", "SystemCallErrorNumber=EPERM",
        "SystemCallFilter=@system-service", "MemoryDenyWriteExecute=yes", "LockPersonality=yes",
        "RestrictNamespaces=yes", "RestrictRealtime=yes", "RestrictSUIDSGID=yes",
        "KeyringMode=private", "LimitCORE=0", "TasksMax=256", "LimitNICE=-5",
        "ProtectSystem=strict", "ProtectHome=yes", "ProtectProc=invisible", "ProcSubset=pid",
        "ProtectClock=yes", "ProtectHostname=yes", "ProtectControlGroups=yes",
        "ProtectKernelLogs=yes", "ProtectKernelModules=yes", "ProtectKernelTunables=yes",
        "PrivateTmp=yes", "PrivateMounts=yes", "PrivateNetwork=yes", "IPAddressDeny=any",
        "RestrictAddressFamilies=AF_UNIX", "DevicePolicy=closed",
    ]

    private var own: [String] {
        switch daemon {
        case .gateway: []
        case .ledger:
            [
                "SupplementaryGroups=chancery", "PrivateDevices=yes",
                "InaccessiblePaths=-/etc/chancery/tls",
                "ReadOnlyPaths=\(data)/pki", Self.hidden([data + "/keys"]),
            ]
        case .keeper:
            [
                "SupplementaryGroups=chancery tss", "LimitMEMLOCK=infinity", "MemorySwapMax=0",
                // The runtime library would complain to syslog(3).
                "InaccessiblePaths=-/etc/chancery/tls -/run/systemd/journal",
                Self.hidden(["/ledger", "/views", "/recovered", "/log"].map { data + $0 }),
            ] + (device.map { ["DeviceAllow=\($0) rw"] } ?? [])
        }
    }

    private var ownPaths: [String] {
        switch daemon {
        case .gateway: []
        case .ledger: [data]
        case .keeper: ["\(data)/keys", "\(data)/run", "-/srv/chancery-escrow"]
        }
    }

    /// It looks at every directory, and sees an empty one.
    private static func hidden(_ paths: [String]) -> String {
        "TemporaryFileSystem=" + paths.map { $0 + ":ro,mode=0700" }.joined(separator: " ")
    }
}
