import Testing

@testable import chancery

/// What systemd is told for a verb of keeper or ledger.
@Suite struct TransientUnitTests {
    private func unit(_ daemon: DaemonKind, _ words: [String] = ["tpm", "status"]) -> TransientUnit
    {
        TransientUnit(
            name: "command-of-\(daemon.rawValue)-1-2", daemon: daemon, data: "/var/lib/chancery",
            program: "/usr/lib/chancery/\(daemon.rawValue)", words: words, device: "/dev/tpmrm0",
            writable: ["/run/chancery-command/x/files"],
            mounts: [
                .init(source: "/srv/b/keys", target: "/run/chancery-command/x/files/0-dir-keys")
            ],
            output: "/run/chancery-command/x/stdout", errors: "/run/chancery-command/x/stderr")
    }

    private func properties(_ unit: TransientUnit) -> [String] {
        unit.arguments.compactMap {
            $0.hasPrefix("--property=") ? String($0.dropFirst("--property=".count)) : nil
        }
    }

    @Test func itsProgramRunsToItsEndAndLeavesNoUnit() {
        let arguments = unit(.keeper).arguments
        #expect(
            arguments.starts(with: [
                "--quiet", "--wait", "--collect", "--service-type=exec",
                "--unit=command-of-chancery-keeper-1-2",
            ]))
        #expect(
            arguments.suffix(4) == [
                "--", "/usr/lib/chancery/chancery-keeper", "tpm", "status",
            ])
    }

    @Test func eachRunsAsItsUserInItsDomain() {
        let keeper = properties(unit(.keeper))
        #expect(keeper.contains("User=chancery-keeper"))
        #expect(keeper.contains("Group=chancery-keeper"))
        #expect(keeper.contains("SupplementaryGroups=chancery tss"))
        #expect(
            keeper.contains(
                "SELinuxContext=system_u:system_r:contact_enrichment_crypto_t:s0-s0:c1002"))
        let ledger = properties(unit(.ledger))
        #expect(ledger.contains("User=chancery-ledger"))
        #expect(
            ledger.contains("SELinuxContext=system_u:system_r:contact_enrichment_db_t:s0-s0:c1001"))
    }

    @Test func theTPMIsTheKeepersAlone() {
        #expect(properties(unit(.keeper)).contains("DeviceAllow=/dev/tpmrm0 rw"))
        #expect(!properties(unit(.ledger)).contains { $0.hasPrefix("DeviceAllow") })
        #expect(properties(unit(.ledger)).contains("PrivateDevices=yes"))
    }

    @Test(arguments: [DaemonKind.keeper, .ledger])
    func bothGiveUpWhatTheirUnitsGiveUp(daemon: DaemonKind) {
        let properties = properties(unit(daemon))
        for wanted in [
            "NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateNetwork=yes",
            "RestrictAddressFamilies=AF_UNIX", "CapabilityBoundingSet=", "DevicePolicy=closed",
        ] {
            #expect(properties.contains(wanted), "\(wanted)")
        }
    }

    @Test func whereTheyWrite() {
        let handed = "/run/chancery-command/x/files /run/chancery-command/x/files/0-dir-keys"
        #expect(
            properties(unit(.keeper)).contains(
                "ReadWritePaths=/var/lib/chancery/keys /var/lib/chancery/run -/srv/chancery-escrow \(handed)"
            ))
        #expect(
            properties(unit(.ledger)).contains("ReadWritePaths=/var/lib/chancery \(handed)"))
        #expect(properties(unit(.ledger)).contains("ReadOnlyPaths=/var/lib/chancery/pki"))
        #expect(
            properties(unit(.keeper)).contains(
                "BindPaths=/srv/b/keys:/run/chancery-command/x/files/0-dir-keys"))
    }

    /// The keeper's domain may write to nobody's pipe, socket or terminal.
    @Test func outputGoesToFiles() {
        let keeper = unit(.keeper)
        #expect(properties(keeper).contains("StandardOutput=file:/run/chancery-command/x/stdout"))
        #expect(properties(keeper).contains("StandardError=file:/run/chancery-command/x/stderr"))
        #expect(!keeper.arguments.contains("--pipe"))
    }

    /// systemd puts variables in for them.
    @Test func aDollarStaysOne() {
        let words = ["--recover", "cost $HOME $$ ${PATH}"]
        #expect(unit(.ledger, words).arguments.last == "cost $$HOME $$$$ $${PATH}")
    }

    /// The package's drop-ins for `chancery-*` would win over what it is told.
    @Test(arguments: [DaemonKind.keeper, .ledger]) func noDropInHasItsName(daemon: DaemonKind) {
        #expect(!unit(daemon).name.hasPrefix("chancery-"))
    }

    @Test func whatSystemdSaysIsRead() {
        let states = UnitState.parse(
            """
            Id=chancery-keeper.service
            LoadState=loaded
            ActiveState=activating
            SubState=auto-restart
            Result=exit-code
            MainPID=0
            StatusText=waits for a=b
            NRestarts=4

            Id=chancery-gateway.socket
            LoadState=not-found
            ActiveState=inactive
            SubState=dead

            """)
        #expect(states.map(\.name) == ["chancery-keeper.service", "chancery-gateway.socket"])
        #expect(states.first?.hasFailed == true)
        #expect(states.first?.text == "waits for a=b")
        #expect(states.first?.pid == nil)
        #expect(states.first?.restarts == 4)
        #expect(states.last?.isAlive == false)
        #expect(states.last?.isLoaded == false)
        #expect(UnitState.parse("").isEmpty)
    }

    /// "no" also stands there before anybody asked for a start: then nothing was left out.
    @Test(arguments: [
        ("inactive", "no", "7211", true), ("inactive", "no", "0", false),
        ("inactive", "yes", "7211", false), ("active", "no", "7211", false),
    ])
    func aStartThatAConditionKeptFromIsTold(
        active: String, result: String, time: String, wasLeftOut: Bool
    ) {
        let state = UnitState.parse(
            "Id=a.service\nLoadState=loaded\nActiveState=\(active)\nConditionResult=\(result)\nConditionTimestampMonotonic=\(time)\n"
        ).first
        #expect(state?.wasNotMeantToStart == wasLeftOut)
    }
}
