public import ContactModel
import Crypto
import Foundation
import LedgerFormat

/// Where callers' requests come from, for audit entries (FORMAT 9.5): under a key of the day and the caller, for the address is the caller's
/// and no data subject's; bound to the label of what is written about the caller.
public struct CallerAddresses: Sendable {
    private let keys: SubjectKeys

    init(keys: SubjectKeys) { self.keys = keys }

    /// - Parameters:
    ///   - address: 1 to 64 bytes.
    ///   - principal: `[A-Za-z0-9._:-]`, 1 to 64.
    ///   - label: of the audit entries that it will stand in.
    /// - Throws: `KeyCustodyError.invalid`; `.unavailable`.
    public func seal(
        _ address: String, of principal: String, label: String
    ) async throws(KeyCustodyError) -> EncryptedValue {
        guard (1...ModelLimits.sourceAddressBytes).contains(address.utf8.count) else {
            throw KeyCustodyError(
                .invalid, "an address has 1 to \(ModelLimits.sourceAddressBytes) bytes")
        }
        try Self.check(principal, label)
        let day = try await keys.dayKeyOfToday()
        let nonce = Data(Sodium.randomBytes(12))
        let box = try? AES.GCM.seal(
            Data(address.utf8), using: Self.key(day.key, day.id, principal),
            nonce: AES.GCM.Nonce(data: nonce),
            authenticating: Self.associatedData(principal, label, day.id))
        guard let box,
            let value = EncryptedValue(
                authTag: box.tag, ciphertext: box.ciphertext, iv: nonce, keyId: day.id)
        else {
            throw KeyCustodyError(.unavailable, "an address could not be encrypted; try again")
        }
        return value
    }

    /// In the order given; nil: it does not open for this principal and label.
    public func open(
        _ values: [(principal: String, label: String, value: EncryptedValue)]
    ) async throws(KeyCustodyError) -> [String?] {
        guard values.count <= CustodyLimits.maxItems else {
            throw KeyCustodyError(
                .invalid,
                "\(values.count) addresses in one call; send at most \(CustodyLimits.maxItems)")
        }
        for value in values { try Self.check(value.principal, value.label) }
        let days = try await keys.dayKeys(Set(values.map(\.value.keyId)))
        return values.map { principal, label, value in
            guard let day = try? days[value.keyId]?.get(),
                let box = try? AES.GCM.SealedBox(
                    nonce: AES.GCM.Nonce(data: value.iv), ciphertext: value.ciphertext,
                    tag: value.authTag),
                let plain = try? AES.GCM.open(
                    box, using: Self.key(day, value.keyId, principal),
                    authenticating: Self.associatedData(principal, label, value.keyId))
            else { return nil }
            return String(validating: plain, as: UTF8.self)
        }
    }

    /// HKDF-SHA-256(day key, no salt, "chancery/source-address/v1" LF keyId LF principal, 32 bytes): one caller's addresses of one day stay far
    /// below the 2^32 messages at which random nonces become a risk.
    private static func key(
        _ day: SymmetricKey, _ keyID: String, _ principal: String
    ) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: day,
            info: Data("chancery/source-address/v1\n\(keyID)\n\(principal)".utf8),
            outputByteCount: 32)
    }

    /// The canonical JSON array `["chancery/source-address/v1",principal,label,keyId]`; no part needs escaping.
    private static func associatedData(
        _ principal: String, _ label: String, _ keyID: String
    ) -> Data {
        Data(
            "[\"chancery/source-address/v1\",\"\(principal)\",\"\(label)\",\"\(keyID)\"]"
                .utf8)
    }

    private static func check(
        _ principal: String, _ label: String
    ) throws(KeyCustodyError) {
        guard (try? SecurityLabel(label)) != nil else {
            throw KeyCustodyError(.invalid, "an address is sealed under a security label")
        }
        guard EntryHeader.isActor(principal) else {
            throw KeyCustodyError(.invalid, "an address is sealed for a principal's id")
        }
    }
}
