// FORMAT 4: origin = <name> "/g" <generation>, e.g. chancery.localhost/g1.

/// Names a tree: a ledger and its generation.
public struct LedgerOrigin: Sendable, Hashable {
    /// The issuer, e.g. `chancery.localhost`.
    public let name: String
    /// From 1.
    public let generation: UInt64

    /// - Returns: nil when notes cannot carry the name or the generation is 0 or beyond 2^53 − 1.
    public init?(name: String, generation: UInt64) {
        guard (1...LedgerLimits.maxInteger).contains(generation), !name.isEmpty,
            NoteKey.isName("\(name)/g\(generation)")
        else { return nil }
        self.name = name
        self.generation = generation
    }

    /// - Returns: nil unless `text` ends in `/g` and a decimal number without leading zeros.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let slash = bytes.lastIndex(of: 0x2F),
            let name = String(validating: bytes[..<slash], as: UTF8.self)
        else { return nil }
        let generation: UInt64? = Array(bytes[slash...]).withUnsafeBytes { tail in
            var scanner = ByteScanner(tail)
            guard scanner.skip("/g"), let number = scanner.integer(), scanner.isAtEnd else {
                return nil
            }
            return number
        }
        guard let generation else { return nil }
        self.init(name: name, generation: generation)
    }

    public var text: String { "\(name)/g\(generation)" }
}
