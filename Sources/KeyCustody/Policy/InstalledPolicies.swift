import Crypto
import Foundation
import LedgerFormat
import ProcessBoundary

/// The signed policies from which the keeper takes one that fits: files of `keys/`, one policy each. Several may lie there:
/// before an update, that of the old platform and that of the new.
///
/// Whoever writes here gains nothing: the TPM checks each signature against the key that the sealed root names.
struct InstalledPolicies: Sendable {
    /// More than anybody keeps versions.
    private static let most = 16

    /// Of whatever key.
    let policies: [SignedPolicy]
    /// About files that are no policies: they keep none of the others from counting.
    let problems: [String]

    /// - Throws: `KeyCustodyError.cannotStart` for a directory that cannot be listed.
    static func read(_ directory: String) throws(KeyCustodyError) -> InstalledPolicies {
        var policies: [SignedPolicy] = []
        var problems: [String] = []
        for name in try names(in: directory) {
            do throws(KeyCustodyError) {
                let path = directory + "/" + name
                guard let bytes = try DurableFile.read(path, limit: SignedPolicy.maxBytes) else {
                    continue
                }
                policies.append(try SignedPolicy(bytes))
            } catch {
                problems.append("keys/\(name): \(error.message)")
            }
        }
        return InstalledPolicies(policies: policies, problems: problems)
    }

    /// At most `most`, in the order of their names.
    static func names(in directory: String) throws(KeyCustodyError) -> [String] {
        guard DurableFile.exists(directory) else { return [] }
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: directory)
            return Array(names.filter(HomeLayout.isPolicyName).sorted().prefix(most))
        } catch {
            throw KeyCustodyError(
                .cannotStart, "\(directory) cannot be listed: \(error.localizedDescription)")
        }
    }

    /// Durable, whole or not at all.
    /// - Returns: the file's name.
    /// - Throws: `KeyCustodyError.invalid` when there are too many already.
    static func install(
        _ policy: SignedPolicy, in directory: String
    ) throws(KeyCustodyError) -> String {
        let identity = SHA256.hash(data: policy.key.spki + SignedPolicy.signed(policy.registers))
        let name = HomeLayout.policyName(LowerHex.encode(Array(identity)))
        let names = try names(in: directory)
        guard names.contains(name) || names.count < most else {
            throw KeyCustodyError(
                .invalid,
                "\(most) policies are installed; remove those of platforms that are gone "
                    + "from \(directory)")
        }
        try DurableFile.write(try policy.canonicalBytes(), to: directory + "/" + name)
        return name
    }

    func by(_ key: PolicyKey) -> [SignedPolicy] { policies.filter { $0.key == key } }

    /// About policies that somebody else signed.
    func strangers(to key: PolicyKey) -> [String] {
        Set(policies.map(\.key.name)).subtracting([key.name]).sorted().map { name in
            "a policy by key \(name) does not count: the keystore is sealed to key \(key.name)"
        }
    }

    /// The one key of all of them: what a first start seals the root to.
    /// - Throws: `KeyCustodyError.cannotStart` when there is no policy, or they are of several keys.
    func onlyKey() throws(KeyCustodyError) -> PolicyKey {
        guard let key = policies.first?.key else {
            throw KeyCustodyError(
                .cannotStart,
                ([
                    "no signed policy says on which platform the keystore may open; give the operator's key and a "
                        + "policy that it signed: `chancery tpm provision --policy-key FILE.pub --policy FILE`"
                ] + problems).joined(separator: "; "))
        }
        guard let other = policies.first(where: { $0.key != key })?.key else { return key }
        throw KeyCustodyError(
            .cannotStart,
            "the installed policies are signed by different keys (\(key.name), \(other.name)); remove those of one"
        )
    }
}
