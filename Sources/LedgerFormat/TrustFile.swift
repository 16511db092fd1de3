// FORMAT 8: JSON, white space allowed, at most 1 MiB. The one thing a verifier must obtain from a source
// it trusts:
//   {"format":"chancery-trust/1","generations":[{"generation":N,"origin":"<name>/gN","keys":[KEY,…]},…]}
// KEY: TrustedKey.swift. Generations ascend. Members that the format does not name are refused.

/// The public keys of a ledger, and where in its tree each counts. Holding one means that every rule of
/// FORMAT 8 was checked, key ids recomputed.
public struct TrustFile: Sendable, Equatable {
    public static let format = "chancery-trust/1"

    public struct Generation: Sendable, Equatable {
        public let generation: UInt64
        public let origin: String
        public let keys: [TrustedKey]

        /// Rules are checked by `TrustFile.init(generations:)`.
        public init(generation: UInt64, origin: String, keys: [TrustedKey]) {
            self.generation = generation
            self.origin = origin
            self.keys = keys
        }
    }

    /// Ascending, at least one.
    public let generations: [Generation]

    /// - Throws: `TrustFileError.invalid`
    public init(generations: [Generation]) throws(TrustFileError) {
        guard !generations.isEmpty else {
            throw .invalid(where: "generations", rule: "at least one")
        }
        for (before, after) in zip(generations, generations.dropFirst())
        where before.generation >= after.generation {
            throw .invalid(where: "generation \(after.generation)", rule: "generations ascend")
        }
        for generation in generations {
            try Self.check(generation)
        }
        self.generations = generations
    }

    public func generation(_ number: UInt64) -> Generation? {
        generations.first { $0.generation == number }
    }

    /// The keys that a checkpoint of this size counts under.
    public func checkpointKeys(generation: UInt64, size: UInt64) -> [NoteKey] {
        let keys = self.generation(generation)?.keys ?? []
        return keys.filter { $0.use == .checkpoint && $0.counts(atSize: size) }
            .compactMap(\.noteKey)
    }

    /// The log's own keys among them: a group checkpoint counts under no other (FORMAT 4).
    public func logKeys(generation: UInt64, size: UInt64) -> [NoteKey] {
        let keys = self.generation(generation)?.keys ?? []
        return keys.filter {
            $0.use == .checkpoint && $0.algorithm == .ed25519 && $0.counts(atSize: size)
        }.compactMap(\.noteKey)
    }

    private static func check(_ generation: Generation) throws(TrustFileError) {
        let place = "generation \(generation.generation)"
        guard let origin = LedgerOrigin(generation.origin),
            origin.generation == generation.generation
        else {
            throw .invalid(where: place, rule: "origin is <name>/g\(generation.generation)")
        }
        var identities: Set<String> = []
        for key in generation.keys {
            if key.algorithm == .ed25519, key.name != generation.origin {
                throw .invalid(
                    where: "\(place), key '\(key.name)'", rule: "a log key's name is the origin")
            }
            guard identities.insert("\(key.use.rawValue) \(key.name) \(key.keyID)").inserted else {
                throw .invalid(where: "\(place), key '\(key.name)'", rule: "stands there once")
            }
        }
    }
}
