import Glibc

/// What a command finds before it does anything.
extension Appliance {
    /// - Throws: `refused` for anybody but root: parts of the data belong to three users, and no other may touch all of them.
    static func requireRoot() throws(OperatorError) {
        guard geteuid() == 0 else {
            throw OperatorError(
                .refused, "Only root operates an installed Chancery.",
                next: "Run this with sudo; --home names a data directory of your own.")
        }
    }

    /// Makes the directories that the package names, and gives them to their owners again.
    static func makeDirectories() throws(OperatorError) {
        let status = try Foreground.run(
            try Binaries.tool("systemd-tmpfiles", package: "systemd"),
            ["--create", "chancery.conf"]
        )
        // 73: a line could not be carried out, which it has said.
        guard status == 0 || status == 73 else {
            throw OperatorError(
                .processExited,
                "systemd-tmpfiles --create chancery.conf ended with status \(status).",
                next: "Mend what it names above, then run this again.")
        }
    }

    /// - Throws: `notInitialised` where the package's directories are missing.
    func requirePlaces() throws(OperatorError) {
        try Self.requireRoot()
        for directory in [places.data, places.data + "/run"] where !Files.exists(directory) {
            throw OperatorError(
                .notInitialised, "\(directory) is missing.",
                next: "`chancery provision` makes it, and `systemd-tmpfiles --create`.")
        }
    }

    /// - Throws: `notInitialised`
    func requireProvisioned(_ home: Home) throws(OperatorError) {
        try Self.requireRoot()
        guard Files.exists(home.clientAuthority) else {
            throw OperatorError(
                .notInitialised, "This appliance is not provisioned yet.",
                next: "Run `chancery provision`; `chancery provision --help` says what it does.")
        }
    }

    /// The keeper writes escrows there whenever somebody was erased, so it is where its unit lets it write.
    /// - Throws: `badInput` for any other directory
    func giveEscrowDirectory(_ path: String) throws(OperatorError) {
        guard path == places.escrow || path.hasPrefix(places.escrow + "/") else {
            throw OperatorError(
                .badInput, "The keeper may write below \(places.escrow) alone, not to \(path).",
                next: "Mount the medium there, or at a directory in it.")
        }
        try Ownership(places.escrow, 0o700, .keeper).ensure()
        try Ownership(path, 0o700, .keeper).ensure()
        SELinuxLabels.restore([places.escrow])
    }
}
