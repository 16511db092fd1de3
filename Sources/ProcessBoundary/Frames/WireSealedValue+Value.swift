public import ContactModel

extension WireSealedValue {
    public init(_ value: EncryptedValue) {
        self.init()
        ciphertext = value.ciphertext
        keyID = value.keyId
        algorithm = value.algorithm
        iv = value.iv
        authTag = value.authTag
    }
}

extension EncryptedValue {
    /// Nil for a value that is not as FORMAT 9 has it.
    public init?(_ wire: WireSealedValue) {
        self.init(
            algorithm: wire.algorithm, authTag: wire.authTag, ciphertext: wire.ciphertext,
            iv: wire.iv, keyId: wire.keyID)
    }
}
