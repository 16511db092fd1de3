import ContactModel

/// A domain's name and the parts, each preceded by its length (UInt32, big-endian).
public struct AttestedMessage: Sendable {
    public static let keyBytes = 32

    private(set) var bytes: [UInt8]

    init(_ domain: String) { bytes = Array(domain.utf8) }

    mutating func add(_ part: some Collection<UInt8>) {
        withUnsafeBytes(of: UInt32(clamping: part.count).bigEndian) { bytes += $0 }
        bytes += part
    }

    mutating func add(_ value: EncryptedValue) {
        add(value.ciphertext)
        add(value.iv)
        add(value.authTag)
        add(value.keyId.utf8)
    }
}
