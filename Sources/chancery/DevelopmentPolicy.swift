import ProcessBoundary

/// The operator's part of a first start, played where nobody else does: a policy key, and a policy of the software TPM as it
/// is. The private half lies beside the software TPM's state, which is all that a thief of development needs anyway.
struct DevelopmentPolicy {
    let home: Home

    private var key: String { home.tpm + "/policy.key" }
    private var values: String { home.tpm + "/policy.registers" }
    private var signed: String { home.tpm + "/policy.signed" }

    /// Does nothing where there is a keystore, or an operator has installed a policy.
    func ensure() throws(OperatorError) {
        guard !Files.exists(home.sealedRoot), !Files.exists(home.layout.keystore) else { return }
        let names = Files.exists(home.keys) ? try Files.names(in: home.keys) : []
        guard !names.contains(where: HomeLayout.isPolicyName) else { return }
        let tpm = ["--tcti", "swtpm:path=\(home.tpmSocket)"]
        if !Files.exists(key) { try keeper(["key", "--out", key]) }
        try keeper(["show"] + tpm, output: values)
        try keeper(["sign", "--key", key, "--values", values, "--out", signed])
        try keeper(["install", "--home", home.root] + tpm + [signed])
    }

    private func keeper(_ arguments: [String], output: String? = nil) throws(OperatorError) {
        let log = home.tpm + "/policy.log"
        let status = try Foreground.run(
            try Binaries().sibling(DaemonKind.keeper.rawValue), ["tpm", "policy"] + arguments,
            output: output ?? log)
        guard status == 0 else {
            throw OperatorError(
                .processExited,
                "No policy could be signed for the software TPM:\n\(LogTail.read(output ?? log, lines: 8))",
                next: "Mend what it names, then run this again.")
        }
    }
}
