import ArgumentParser
import KeyCustody
import ProcessBoundary

/// On which platforms the keystore opens. `key` and `sign` are for the operator's own machine: they need neither a TPM nor a
/// data directory.
struct TPMPolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Sign and install policies: where the keystore opens.",
        subcommands: [
            TPMPolicyKeyCommand.self, TPMPolicyShowCommand.self, TPMPolicySignCommand.self,
            TPMPolicyInstallCommand.self,
        ])
}

struct TPMPolicyKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make a policy key: FILE, secret, and FILE.pub.")

    @Option(help: "Where the private key goes; nothing is written over.")
    var out: String

    func run() async throws {
        try await TPMCommand.reporting {
            let key = try PolicySigner.make(at: out)
            print("policy key \(key.name)\nkeep \(out) off the appliance; it gets \(out).pub")
        }
    }
}

struct TPMPolicyShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print what registers hold, as `sign` wants it.")

    @OptionGroup var tpm: TPMOptions

    @Option(help: "The registers, 1 to 8, between commas.")
    var pcrs = PlatformRegisters.usual.map(String.init).joined(separator: ",")

    func run() async throws {
        try await TPMCommand.reporting {
            let registers = try await tpm.device().registers(try PlatformRegisters.indices(pcrs))
            print(registers.text, terminator: "")
        }
    }
}

struct TPMPolicySignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Approve of a platform.")

    @Option(help: "The private policy key.")
    var key: String

    @Option(help: "What `show` printed on that platform, or what a build predicts.")
    var values: String

    @Option(help: "Where the signed policy goes.")
    var out: String

    func run() async throws {
        try await TPMCommand.reporting {
            let registers = try PlatformRegisters(
                text: try SystemFile.read(values, limit: PlatformRegisters.maxText))
            let policy = try PolicySigner(file: key).sign(registers)
            try SystemFile.replace(policy.canonicalBytes(), at: out, mode: 0o644)
            print("\(out): signed by key \(policy.key.name)")
        }
    }
}

struct TPMPolicyInstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Put a signed policy into keys/. The keeper may run.")

    @Option(help: "Data directory; else CHANCERY_HOME, else var.")
    var home: String?

    @OptionGroup var tpm: TPMOptions

    @Argument(help: "What `sign` wrote.")
    var file: String

    func run() async throws {
        try await TPMCommand.reporting {
            let layout = HomeLayout.resolve(flag: home)
            try layout.create()
            let installation = PolicyInstallation(
                keys: layout.keysDirectory, tpm: try tpm.device())
            for line in try await installation.install(file) { print(line) }
        }
    }
}

/// Whose policies count, said before there is a keystore that says so.
struct TPMApprovalOptions: ParsableArguments {
    @Option(help: "Public part of the operator's policy key.")
    var policyKey: String?

    @Option(help: "A policy of this platform, signed by it.")
    var policy: String?

    func given() throws -> (file: String, key: PolicyKey)? {
        switch (policyKey, policy) {
        case (let key?, let policy?): (policy, try PolicyKey(file: key))
        case (nil, nil): nil
        default: throw ValidationError("--policy-key and --policy go together.")
        }
    }
}
