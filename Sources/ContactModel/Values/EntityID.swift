/// A UUIDv4: contacts, consents, attributes, provenance records and the entities that ciphertext is bound to.
///
/// Version 4 because an id of a person must not tell when it was made. Text form: 36 characters, lower case.
public struct EntityID: Hashable, Sendable {
    /// Big-endian halves.
    private let high: UInt64
    private let low: UInt64

    /// A fresh one from the system's random generator.
    public static func random() -> EntityID {
        let (high, low) = RandomPool.pair()
        return EntityID(
            high: high & ~0xF000 | 0x4000, low: low & ~(0b11 << 62) | 0b10 << 62)
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Any 16 bytes: what a peer of ours stored is not second-guessed.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var words: (high: UInt64, low: UInt64) = (0, 0)
        for byte in Array(bytes) {
            words.high = words.high << 8 | words.low >> 56
            words.low = words.low << 8 | UInt64(byte)
        }
        (high, low) = words
    }

    /// The text form, either case, of any UUID version.
    ///
    /// - Throws: `ValidationError` with code `invalid-id`.
    public init(_ text: String) throws(ValidationError) {
        let bad = ValidationError(
            .invalidID, "An id is a UUID such as 3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c.")
        guard text.utf8.count == 36 else { throw bad }
        var words: (high: UInt64, low: UInt64) = (0, 0)
        for (offset, byte) in text.utf8.enumerated() {
            if offset == 8 || offset == 13 || offset == 18 || offset == 23 {
                guard byte == UInt8(ascii: "-") else { throw bad }
                continue
            }
            guard let digit = Hex.value(byte) else { throw bad }
            words.high = words.high << 4 | words.low >> 60
            words.low = words.low << 4 | UInt64(digit)
        }
        (high, low) = words
    }

    /// 16 bytes.
    public var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian), Array.init)
    }

    public var text: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var offset = 0
            for digit in 0..<32 {
                if offset == 8 || offset == 13 || offset == 18 || offset == 23 {
                    buffer[offset] = UInt8(ascii: "-")
                    offset += 1
                }
                let word = digit < 16 ? high : low
                let nibble = UInt8(truncatingIfNeeded: word >> (60 - 4 * (digit & 15))) & 0x0F
                buffer[offset] = Hex.digit(nibble)
                offset += 1
            }
            return offset
        }
    }
}
