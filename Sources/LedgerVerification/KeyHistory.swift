internal import Foundation
internal import LedgerFormat

/// Keys as the ledger announced and retired them, in the current generation.
struct KeyHistory: Sendable {
    private(set) var activated: [(index: UInt64, key: KeyAnnouncement)] = []
    private(set) var retired: [(index: UInt64, retirement: KeyRetirement)] = []
    /// A hostile ledger of nothing but key entries must not fill memory; a real one has a few a year.
    private static let limit = 100_000

    mutating func activate(_ key: KeyAnnouncement, index: UInt64) -> VerificationFailure? {
        guard activated.count < Self.limit else { return Self.tooMany(index) }
        activated.append((index, key))
        return nil
    }

    mutating func retire(_ retirement: KeyRetirement, index: UInt64) -> VerificationFailure? {
        guard retired.count < Self.limit else { return Self.tooMany(index) }
        retired.append((index, retirement))
        return nil
    }

    /// FORMAT 8: the ledger and the trust file name the same keys with the same ranges.
    ///
    /// - Parameter isComplete: whether every entry of the generation was seen; otherwise a key of the
    ///   trust file may have been announced in an absent segment.
    /// - Returns: the first disagreement, by index where an entry is to blame.
    func disagreement(
        with trusted: TrustFile.Generation, isComplete: Bool
    ) -> VerificationFailure? {
        let listed = trusted.keys.map { key in
            KeyAnnouncement(
                use: key.use.rawValue, algorithm: key.algorithm.rawValue, name: key.name,
                keyID: key.keyID, publicKey: Data(key.publicKey).base64EncodedString(),
                fromSize: key.fromSize)
        }
        if let (index, key) = activated.first(where: { !listed.contains($0.key) }) {
            return VerificationFailure(
                .keyUnlisted, index: index,
                "key \(key.keyID) (\(key.use)) is announced here but the trust file does not list it "
                    + "alike; obtain a newer trust file, or ask who added the key")
        }
        let ends = trusted.keys.compactMap { key in
            key.untilSize.map {
                KeyRetirement(use: key.use.rawValue, keyID: key.keyID, untilSize: $0)
            }
        }
        if let (index, end) = retired.first(where: { !ends.contains($0.retirement) }) {
            return VerificationFailure(
                .keyRetirement, index: index,
                "key \(end.keyID) is retired here at size \(end.untilSize), which the trust file "
                    + "does not say")
        }
        guard isComplete else { return nil }
        let announced = Set(activated.map(\.key))
        if let key = listed.first(where: { !announced.contains($0) }) {
            return VerificationFailure(
                .keyUnannounced,
                "key \(key.keyID) (\(key.use)) of the trust file is not announced in the ledger")
        }
        let retirements = Set(retired.map(\.retirement))
        if let end = ends.first(where: { !retirements.contains($0) }) {
            return VerificationFailure(
                .keyRetirement,
                "the trust file ends key \(end.keyID) at size \(end.untilSize), the ledger does not"
            )
        }
        return nil
    }

    private static func tooMany(_ index: UInt64) -> VerificationFailure {
        VerificationFailure(.statement, index: index, "more than \(limit) key entries")
    }
}
