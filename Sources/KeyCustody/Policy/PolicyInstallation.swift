import LedgerFormat

/// Puts signed policies where the keeper looks for them.
public struct PolicyInstallation: Sendable {
    let keys: String
    let tpm: TPMDevice

    /// - Parameter keys: the directory `keys/`, whether there is a keystore in it yet or not.
    public init(keys: String, tpm: TPMDevice) {
        self.keys = keys
        self.tpm = tpm
    }

    /// A policy of another platform is installed, too: it is what an update will need.
    ///
    /// - Parameter expected: whose it must be, before there is a keystore that says so.
    /// - Returns: a line about each thing that its operator should know.
    /// - Throws: `KeyCustodyError.invalid` for a file that is no policy, or one by another key; nothing is installed then.
    public func install(
        _ file: String, signedBy expected: PolicyKey? = nil
    ) async throws(KeyCustodyError) -> [String] {
        guard let bytes = try DurableFile.read(file, limit: SignedPolicy.maxBytes) else {
            throw KeyCustodyError(.invalid, "there is no \(file)")
        }
        let policy = try SignedPolicy(bytes)
        let sealedTo = try KeystoreGlance.take(keys).policyKey
        let present = try InstalledPolicies.read(keys).policies.map(\.key)
        for key in [expected, sealedTo].compactMap(\.self) + (sealedTo == nil ? present : [])
        where key != policy.key {
            throw KeyCustodyError(
                .invalid,
                "\(file) is signed by key \(policy.key.name), and policies of key \(key.name) are what counts here; "
                    + "have it signed with that")
        }
        let actual: PlatformRegisters
        do {
            actual = try await tpm.registers(policy.registers.indices)
        } catch {
            throw KeyCustodyError(
                .unavailable, "the policy cannot be compared with this platform", tpm: error)
        }
        let name = try InstalledPolicies.install(policy, in: keys)
        let differences = policy.registers.differences(from: actual)
        return ["policy: installed as keys/\(name), by key \(policy.key.name)"]
            + (differences.isEmpty
                ? ["policy: of this platform as it runs now"]
                : [
                    "policy: of another platform than the one that runs now; it counts once that does"
                ]
                    + differences)
    }
}
