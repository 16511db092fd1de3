import Foundation

/// What `chancery tpm status --json` says, and whether the keeper's memory stays out of swap.
struct TPMCheck: Check {
    static let name = "tpm"
    static let abstract =
        "answers; lockout, free slots, our counters, attestation key, policy of this platform; the keeper's memory is locked"
    static let things = [
        "answers", "lockout", "slots", "keys", "counters", "attestation-key", "policy", "attention",
        "memory",
    ]

    /// Of `chancery-keeper tpm status --json`, what is judged here.
    struct Answer: Decodable, Sendable {
        struct Lockout: Decodable, Sendable {
            let active: Bool
            let failedTries: UInt32
        }

        struct Slots: Decodable, Sendable {
            let transient: UInt32?
            let sessions: UInt32?
        }

        struct Counter: Decodable, Sendable {
            let value: UInt64?
            let purpose: String?
            let expected: UInt64?
        }

        struct Policy: Decodable, Sendable {
            let counts: Bool?
            let matches: Bool
        }

        let address: String
        let manufacturer: String?
        let model: String?
        let lockout: Lockout?
        let free: Slots?
        let keystore: String?
        let counters: [Counter]?
        let attestationKey: String?
        let policyKey: String?
        let policies: [Policy]?
        let problems: [String]
    }

    let answer: Sight<Answer>
    /// Nil: the keeper does not answer.
    let memoryLocked: Bool?
    /// Why seals and erasures wait, as the keeper has it.
    let keeperProblem: String?
    let isInstalled: Bool

    static func gather(_ patient: Patient) async -> TPMCheck {
        TPMCheck(
            answer: ask(patient), memoryLocked: patient.status.keeper?.memoryLocked,
            keeperProblem: patient.status.keeper?.tpmProblem, isInstalled: patient.isInstalled)
    }

    private static func ask(_ patient: Patient) -> Sight<Answer> {
        let isSoftware = !patient.isInstalled && !patient.tpmArguments.contains("--tcti")
        if isSoftware, RunningProcess.softwareTPM(home: patient.home) == nil {
            return .hidden("the software TPM does not run, and is not started to be looked at")
        }
        guard let directory = try? Binaries().directory,
            let result = ProgramOutput.of(
                directory + "/chancery",
                ["tpm", "status", "--json", "--home", patient.home.root] + patient.tpmArguments,
                patience: 90)
        else { return .hidden("`chancery tpm status` did not end") }
        if let answer = try? JSONDecoder().decode(Answer.self, from: Data(result.output.utf8)) {
            return .seen(answer)
        }
        return .hidden(
            reason(result.errors) ?? "`chancery tpm status` ended with status \(result.status)")
    }

    /// Of what a command that failed says on standard error: the object of an error, or words.
    static func reason(_ errors: String) -> String? {
        if let begin = errors.range(of: "{\n")?.lowerBound,
            let failure = try? JSONDecoder().decode(
                Failure.Document.self, from: Data(errors[begin...].utf8))
        {
            return failure.error.message
        }
        return errors.split(separator: "\n").first.map(String.init)
    }

    var findings: [Finding] {
        switch answer {
        case .missing: [.noneHere(Self.named("answers"), "no TPM"), memory]
        case .hidden(let reason): [.notChecked(Self.named("answers"), reason), memory]
        case .seen(let answer): judge(answer) + [memory]
        }
    }

    private func judge(_ answer: Answer) -> [Finding] {
        guard let model = answer.model, answer.keystore != nil else {
            return [
                .error(
                    Self.named("answers"),
                    "no answer at \(answer.address): \(answer.problems.joined(separator: "; "))",
                    do: "chancery tpm status; tpm/README.md, \"When the TPM misbehaves\"")
            ]
        }
        let answers =
            keeperProblem.map { problem in
                Finding.error(
                    Self.named("answers"), "seals and erasures wait: \(problem)",
                    do: "chancery tpm status")
            }
            ?? .ok(
                Self.named("answers"), "\(answer.manufacturer ?? "") \(model), \(answer.address)")
        var found = [answers, lockout(answer), slots(answer)]
        guard answer.keystore == "complete" else {
            return found + [
                .warning(
                    Self.named("keys"), "the keys are not made: keystore \(answer.keystore ?? "")",
                    do: "chancery up, or chancery tpm provision")
            ]
        }
        found += [counters(answer), attestation(answer), policy(answer)]
        // Of what the keeper names more than this knows.
        if !answer.problems.isEmpty, found.allSatisfy({ $0.severity == .ok }) {
            found.append(
                .warning(
                    Self.named("attention"), answer.problems.joined(separator: "; "),
                    do: "chancery tpm status"))
        }
        return found
    }

    private func lockout(_ answer: Answer) -> Finding {
        let name = Self.named("lockout")
        guard let lockout = answer.lockout else { return .notChecked(name, "the TPM does not say") }
        guard lockout.active else { return .ok(name, "no, \(lockout.failedTries) tries failed") }
        return .warning(
            name,
            "locked out after \(lockout.failedTries) failed tries: Chancery goes on, other users of the TPM do not",
            do: "chancery tpm clear-lockout, and find out who guesses")
    }

    private func slots(_ answer: Answer) -> Finding {
        let name = Self.named("slots")
        guard answer.free?.transient != 0, answer.free?.sessions != 0 else {
            return .error(
                name, "no free slot: seals, erasures and starts fail",
                do: "tpm2_flushcontext --transient-object; tpm2_flushcontext --loaded-session")
        }
        return .ok(name, "free")
    }

    private func counters(_ answer: Answer) -> Finding {
        let name = Self.named("counters")
        let ours = (answer.counters ?? []).filter { $0.purpose != nil }
        let bad = ours.filter { counter in
            guard let value = counter.value, let expected = counter.expected else { return true }
            return value != expected && value &+ 1 != expected
        }
        guard bad.isEmpty, ours.count >= 3 else {
            let what = bad.map { counter in
                "\(counter.purpose ?? "?") stands at \(counter.value.map(String.init) ?? "?"), the keystore knows \(counter.expected.map(String.init) ?? "?")"
            }
            return .error(
                name,
                what.isEmpty
                    ? "this TPM does not have all of this data directory's counters"
                    : what.joined(separator: "; "),
                do:
                    "do not stop a keeper that runs; put together the newest of TPM and data directory: chancery tpm status says which is older"
            )
        }
        return .ok(name, "stand where the keystore says")
    }

    private func attestation(_ answer: Answer) -> Finding {
        let name = Self.named("attestation-key")
        guard let key = answer.attestationKey else {
            return .error(
                name, "cannot be made: no segment can be sealed", do: "chancery tpm status")
        }
        return .ok(name, key)
    }

    private func policy(_ answer: Answer) -> Finding {
        let name = Self.named("policy")
        guard answer.policyKey != nil else {
            return .noneHere(name, "the keystore names no policy key")
        }
        let policies = answer.policies ?? []
        guard policies.contains(where: { $0.matches && $0.counts != false }) else {
            return .error(
                name,
                "no installed policy is of this platform as it booted: a keeper that runs goes on, the next start waits",
                do:
                    "chancery tpm policy show > registers; sign it on the operator's machine; chancery tpm policy install SIGNED"
            )
        }
        return .ok(name, "one of \(policies.count) is of this platform")
    }

    private var memory: Finding {
        let name = Self.named("memory")
        switch memoryLocked {
        case true?: return .ok(name, "the keeper's memory stays out of swap")
        case nil: return .notChecked(name, "the keeper does not answer")
        case false?:
            return .warning(
                name, "the keeper's memory is not locked: keys may reach a swap device",
                do: isInstalled
                    ? "LimitMEMLOCK=infinity in the keeper's unit; systemctl restart chancery-keeper"
                    : "ulimit -l unlimited (as root), then chancery down and chancery up")
        }
    }
}
