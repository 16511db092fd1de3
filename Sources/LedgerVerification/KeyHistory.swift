internal import LedgerFormat

/// Keys as the ledger announces and retires them in one generation, compared with the trust file as they
/// come (FORMAT 8): what is kept is bounded by that file, whatever the ledger says.
struct KeyHistory: Sendable {
    private let listed: Set<KeyAnnouncement>
    private let ends: Set<KeyRetirement>
    private var announced: Set<KeyAnnouncement> = []
    private var retired: Set<KeyRetirement> = []

    init(trusted: TrustFile.Generation) {
        listed = Set(
            trusted.keys.map { key in
                KeyAnnouncement(
                    use: key.use.rawValue, algorithm: key.algorithm.rawValue, name: key.name,
                    keyID: key.keyID, publicKey: StrictBase64.encode(key.publicKey),
                    fromSize: key.fromSize,
                    sealCounter: key.sealCounter.map { LowerHex.encode($0) })
            })
        ends = Set(
            trusted.keys.compactMap { key in
                key.untilSize.map {
                    KeyRetirement(use: key.use.rawValue, keyID: key.keyID, untilSize: $0)
                }
            })
    }

    /// - Returns: what is wrong with the announcement, or nil.
    mutating func activate(_ key: KeyAnnouncement, index: UInt64) -> VerificationFailure? {
        guard listed.contains(key) else {
            return VerificationFailure(
                .keyUnlisted, index: index,
                "key \(key.keyID) (\(key.use)) is announced here but the trust file does not list it "
                    + "alike; obtain a newer trust file, or ask who added the key")
        }
        announced.insert(key)
        return nil
    }

    /// - Returns: what is wrong with the retirement, or nil.
    mutating func retire(_ retirement: KeyRetirement, index: UInt64) -> VerificationFailure? {
        guard ends.contains(retirement) else {
            return VerificationFailure(
                .keyRetirement, index: index,
                "key \(retirement.keyID) is retired here at size \(retirement.untilSize), which the "
                    + "trust file does not say")
        }
        retired.insert(retirement)
        return nil
    }

    /// What the trust file says and the ledger, seen as a whole, does not; nil when they agree.
    func missing() -> VerificationFailure? {
        if let key = listed.subtracting(announced).min(by: { $0.keyID < $1.keyID }) {
            return VerificationFailure(
                .keyUnannounced,
                "key \(key.keyID) (\(key.use)) of the trust file is not announced in the ledger")
        }
        if let end = ends.subtracting(retired).min(by: { $0.keyID < $1.keyID }) {
            return VerificationFailure(
                .keyRetirement,
                "the trust file ends key \(end.keyID) at size \(end.untilSize), the ledger does not"
            )
        }
        return nil
    }
}
