extension TPMStatus {
    /// In words for whoever was woken: what is wrong, what it means, what to do.
    static func problems(_ sight: Sight, _ glance: KeystoreGlance) -> [String] {
        var problems: [String] = []
        let properties = sight.properties
        if properties.isInLockout {
            problems.append(
                "in dictionary-attack lockout after \(properties.failedTries) failed tries: Chancery goes on "
                    + "(its keys and counters are not subject to it), other users of this TPM do not; "
                    + "`chancery tpm clear-lockout` ends it")
        }
        if properties.freeTransient == 0 {
            problems.append(
                "no free slot for a transient object: seals, erasures and starts fail; another program "
                    + "left objects loaded (tpm2_flushcontext --transient-object, or restart the TPM)"
            )
        }
        if properties.freeSessions == 0 {
            problems.append(
                "no free slot for a session: seals, erasures and starts fail; another program left "
                    + "sessions loaded (tpm2_flushcontext --loaded-session, or restart the TPM)")
        }
        switch glance.state {
        case .absent:
            problems.append(
                "nothing is provisioned: `chancery tpm provision`, or the first `chancery up`, does it"
            )
        case .unfinished:
            problems.append(
                "provisioning was interrupted: `chancery tpm provision`, or `chancery up`, begins it anew"
            )
        case .complete:
            problems +=
                counterProblems(sight) + keyProblems(sight, glance)
                + policyProblems(sight, glance)
        }
        return problems + sight.installed.problems
    }

    private static func policyProblems(_ sight: Sight, _ glance: KeystoreGlance) -> [String] {
        guard let key = glance.policyKey else { return [] }
        let mine = zip(sight.installed.policies, sight.differences).filter { $0.0.key == key }
        let strangers = sight.installed.strangers(to: key)
        guard !mine.contains(where: { $0.1.isEmpty }) else { return strangers }
        let nearest = mine.map(\.1).min { $0.count < $1.count } ?? []
        return strangers + [
            "no installed policy by key \(key.name) is of this platform: a keeper that runs goes on, the next start "
                + "waits for one (\(nearest.isEmpty ? "none is installed" : nearest.joined(separator: ", "))). If the platform "
                + "is as it should be, have one signed and install it (`chancery tpm policy`)"
        ]
    }

    private static func counterProblems(_ sight: Sight) -> [String] {
        var missing: [String] = []
        var problems: [String] = []
        for expected in sight.expected {
            let (purpose, intended) = (expected.purpose, expected.intended)
            guard sight.counters.contains(where: { $0.counter == expected.counter }) else {
                missing.append(purpose)
                continue
            }
            guard let value = sight.value(of: expected) else {
                problems.append(
                    "the \(purpose) counter cannot be read: the owner hierarchy has an authorization that "
                        + "was not handed over; name its file with --authorizations")
                continue
            }
            guard value != intended, value &+ 1 != intended else { continue }
            problems.append(
                "the \(purpose) counter stands at \(value), the keystore knows \(intended): "
                    + (value > intended
                        ? "the data directory is older than its TPM"
                        : "the TPM's state is older than its keystore")
                    + "; the keeper refuses to start; put the newest of both together, or "
                    + (purpose == "epoch" ? "restore with an escrow" : "`chancery recover`")
            )
        }
        if !missing.isEmpty {
            problems.insert(
                "this TPM does not have this data directory's counters (\(missing.joined(separator: ", "))): it was "
                    + "cleared, or is another one. Nothing opens the keystore without them: put the right "
                    + "TPM back, or recover from an escrow. Do not stop a keeper that still runs",
                at: 0)
        }
        return problems
    }

    private static func keyProblems(_ sight: Sight, _ glance: KeystoreGlance) -> [String] {
        guard let key = sight.attestationKey else {
            guard let error = sight.attestationProblem, sight.properties.freeTransient != 0 else {
                return []
            }
            return [
                "the attestation key cannot be made, so segments cannot be sealed: \(error)"
            ]
        }
        guard let known = glance.attestationKey, known != key else { return [] }
        return [
            "this TPM's attestation key is not the one of the trust file: it is another TPM, or its "
                + "endorsement seed was changed"
        ]
    }
}
