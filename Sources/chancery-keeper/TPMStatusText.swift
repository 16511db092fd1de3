import KeyCustody

/// A TPM's status for a person: what it is, then what needs attention.
enum TPMStatusText {
    static func text(_ status: TPMStatus) -> String {
        let lockout = status.lockout
        let names = [
            (status.authorizations.lockout, "lockout"), (status.authorizations.owner, "owner"),
            (status.authorizations.endorsement, "endorsement"),
        ].filter(\.0).map(\.1)
        let certificates = status.endorsementCertificates.map { "\($0.kind) (\($0.handle))" }
        var rows = [
            (
                "TPM",
                "\(status.manufacturer) \(status.model), firmware \(status.firmware), \(status.address)"
            ),
            (
                "lockout",
                (lockout.active ? "LOCKED OUT" : "no")
                    + ", \(lockout.failedTries) of \(lockout.maxTries) tries failed, one forgotten each "
                    + "\(lockout.recoverySeconds) s; \(lockout.lockoutRecoverySeconds) s after a wrong lockout authorization"
            ),
            ("authorizations", names.isEmpty ? "none set" : names.joined(separator: ", ")),
            (
                "free slots",
                [
                    ("transient", status.free.transient), ("sessions", status.free.sessions),
                    ("persistent", status.free.persistent), ("counters", status.free.counters),
                ].map { "\($0) \($1.map(String.init) ?? "?")" }.joined(separator: ", ")
            ),
            (
                "EK certificates",
                certificates.isEmpty ? "none" : certificates.joined(separator: ", ")
            ),
            ("attestation key", status.attestationKey ?? "cannot be made"),
            ("keystore", status.keystore),
        ]
        rows += status.signingKeys.map { key in
            let isWrapped = key.name.hasSuffix("-WRAPPED")
            return (
                "key \(key.name)",
                key.keyID + (isWrapped ? ", in the keystore: the TPM has no P-384" : ", in the TPM")
            )
        }
        rows += status.policies.map { policy in
            let registers = policy.registers.map(String.init).joined(separator: ",")
            return (
                "policy",
                "\(policy.matches ? "of this platform" : "of another platform"), PCRs \(registers), by key \(policy.key)"
                    + (policy.counts == false ? ", which does not count" : "")
            )
        }
        rows += status.counters.map { counter in
            let value = counter.value.map(String.init) ?? "not readable"
            let whose =
                counter.purpose.map { purpose in
                    "\(purpose), keystore knows \(counter.expected.map(String.init) ?? "none")"
                } ?? "of another data directory"
            return ("counter \(counter.handle)", "\(value) (\(whose))")
        }
        return text(rows, status.problems)
    }

    static func text(_ rows: [(String, String)], _ problems: [String]) -> String {
        let width = rows.map(\.0.count).max() ?? 0
        let lines = rows.map { name, value in
            name + String(repeating: " ", count: width - name.count + 2) + value
        }
        return (lines + problems.map { "  → " + $0 }).joined(separator: "\n")
    }
}
