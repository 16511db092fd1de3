import LedgerFormat

/// What the entries of a generation say of keys: ids of those that it announces, and of those that it retires.
///
/// The keeper may know more: a successor that it drew, or a key that it retired, where the entry that says so was never written
/// or is lost. An auditor compares the trust file with the entries, so at its end a generation has the keys that they tell of.
public struct AnnouncedKeys: Sendable {
    public let activated: Set<String>
    public let retired: Set<String>

    public init(activated: Set<String>, retired: Set<String>) {
        self.activated = activated
        self.retired = retired
    }

    func only(_ keys: [TrustedKey]) throws(KeyCustodyError) -> [TrustedKey] {
        var told: [TrustedKey] = []
        for key in keys where activated.contains(key.keyID) {
            told.append(retired.contains(key.keyID) ? key : try Self.unretired(key))
        }
        return told
    }

    private static func unretired(_ key: TrustedKey) throws(KeyCustodyError) -> TrustedKey {
        do {
            return try TrustedKey(
                use: key.use, algorithm: key.algorithm, name: key.name, publicKey: key.publicKey,
                fromSize: key.fromSize, untilSize: nil, sealCounter: key.sealCounter)
        } catch {
            throw KeyCustodyError(.corrupt, "a public key of the keystore is none: \(error)")
        }
    }
}
