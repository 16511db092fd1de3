/// A UUIDv4: contacts, consents, attributes, provenance records and the entities that ciphertext is bound to.
///
/// Version 4 because an id of a person must not tell when it was made. Text form: 36 characters, lower case.
public struct EntityID: Hashable, Sendable {
    /// 16 bytes.
    public let bytes: [UInt8]

    /// A fresh one from the system's random generator.
    public static func random() -> EntityID {
        var generator = SystemRandomNumberGenerator()
        return EntityID(unchecked: [generator.next(), generator.next()])
    }

    private init(unchecked words: [UInt64]) {
        var bytes = words.flatMap { word in withUnsafeBytes(of: word.bigEndian, Array.init) }
        for (offset, byte) in bytes.enumerated() {
            if offset == 6 { bytes[offset] = (byte & 0x0F) | 0x40 }
            if offset == 8 { bytes[offset] = (byte & 0x3F) | 0x80 }
        }
        self.bytes = bytes
    }

    /// Any 16 bytes: what a peer of ours stored is not second-guessed.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.bytes = Array(bytes)
    }

    /// The text form, either case, of any UUID version.
    ///
    /// - Throws: `ValidationError` with code `invalid-id`.
    public init(_ text: String) throws(ValidationError) {
        let bad = ValidationError(
            .invalidID, "An id is a UUID such as 3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c.")
        guard text.utf8.count == 36 else { throw bad }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        var high: UInt8?
        for (offset, byte) in text.utf8.enumerated() {
            if offset == 8 || offset == 13 || offset == 18 || offset == 23 {
                guard byte == UInt8(ascii: "-") else { throw bad }
                continue
            }
            guard let digit = Hex.value(byte) else { throw bad }
            if let upper = high {
                bytes.append(upper << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        self.bytes = bytes
    }

    public var text: String {
        var text = ""
        text.reserveCapacity(36)
        for (offset, byte) in bytes.enumerated() {
            if offset == 4 || offset == 6 || offset == 8 || offset == 10 { text += "-" }
            text += Hex.text(byte)
        }
        return text
    }
}
