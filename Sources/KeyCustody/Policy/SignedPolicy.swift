import Crypto
import LedgerFormat

/// An operator's word that the keystore may open where registers hold these values. Canonical JSON (FORMAT 1):
///
/// ```
/// format        "chancery-policy/1"
/// policyDigest  hex; what TPM2_PolicyPCR makes of the registers
/// policyRef     "chancery/keystore-root/v1"; says what the signature is for, so that one for another use is none here
/// publicKey     base64, SPKI DER of a P-256 key
/// registers     [{index, value}], ascending, value in hex
/// signature     base64, r ‖ s: ECDSA with SHA-256 over policyDigest ‖ policyRef, as TPM2_PolicyAuthorize wants it
/// ```
/// It holds no secret and is not bound to one machine: the key that signed it is what the sealed root names.
public struct SignedPolicy: Sendable, Equatable {
    static let format = "chancery-policy/1"
    static let reference = Array("chancery/keystore-root/v1".utf8)
    static let maxBytes = 4_096
    private static let members = [
        "format", "policyDigest", "policyRef", "publicKey", "registers", "signature",
    ]

    public let registers: PlatformRegisters
    public let key: PolicyKey
    /// r ‖ s, 32 bytes each. Whoever holds a `SignedPolicy` that was read knows that it is the key's.
    let signature: [UInt8]

    init(registers: PlatformRegisters, key: PolicyKey, signature: [UInt8]) {
        self.registers = registers
        self.key = key
        self.signature = signature
    }

    static func signed(_ registers: PlatformRegisters) -> [UInt8] {
        registers.policyDigest.bytes + reference
    }

    static func signedDigest(_ registers: PlatformRegisters) -> Digest32 {
        Digest32(Array(SHA256.hash(data: signed(registers)))) ?? .zero
    }

    /// - Throws: `KeyCustodyError.invalid` saying what is wrong with it; a signature that is not the key's is.
    public init(_ bytes: [UInt8]) throws(KeyCustodyError) {
        guard let value = try? CanonicalJSON.read(bytes, limit: Self.maxBytes),
            value.members?.map(\.name) == Self.members, value["format"]?.string == Self.format
        else { throw Self.refused("is no \(Self.format)") }
        guard let reference = value["policyRef"]?.string, Array(reference.utf8) == Self.reference
        else { throw Self.refused("is for another use than a keystore's root") }
        guard let registers = Self.registers(value["registers"]) else {
            throw Self.refused("names no 1 to 8 registers, ascending, and their values")
        }
        guard let key = Self.base64(value["publicKey"]).flatMap(PolicyKey.init(spki:)) else {
            throw Self.refused("names no P-256 key")
        }
        guard value["policyDigest"]?.string == registers.policyDigest.hex,
            let signature = Self.base64(value["signature"]),
            let read = try? P256.Signing.ECDSASignature(rawRepresentation: signature),
            let verifier = try? P256.Signing.PublicKey(x963Representation: key.point),
            verifier.isValidSignature(read, for: SHA256.hash(data: Self.signed(registers)))
        else { throw Self.refused("is not signed by the key \(key.name) that it names") }
        self.init(registers: registers, key: key, signature: signature)
    }

    public func canonicalBytes() throws(KeyCustodyError) -> [UInt8] {
        let registers = self.registers
        do {
            return try CanonicalJSON.write(
                .object([
                    .init("format", .string(Self.format)),
                    .init("policyDigest", .string(registers.policyDigest.hex)),
                    .init("policyRef", .string(String(decoding: Self.reference, as: UTF8.self))),
                    .init("publicKey", .string(StrictBase64.encode(key.spki))),
                    .init(
                        "registers",
                        .array(
                            registers.indices.map { index in
                                .object([
                                    .init("index", .integer(UInt64(index))),
                                    .init("value", .string(registers.values[index]?.hex ?? "")),
                                ])
                            })),
                    .init("signature", .string(StrictBase64.encode(signature))),
                ]))
        } catch {
            throw KeyCustodyError(.invalid, "the policy cannot be written down: \(error)")
        }
    }

    private static func registers(_ value: CanonicalJSON.Value?) -> PlatformRegisters? {
        var values: [Int: Digest32] = [:]
        var last = -1
        for member in value?.array ?? [] {
            guard member.members?.map(\.name) == ["index", "value"],
                let index = member["index"]?.integer.flatMap({ Int(exactly: $0) }), index > last,
                let digest = member["value"]?.string.flatMap({ Digest32(hex: $0) })
            else { return nil }
            values[index] = digest
            last = index
        }
        return PlatformRegisters(values)
    }

    private static func base64(_ value: CanonicalJSON.Value?) -> [UInt8]? {
        value?.string.flatMap { StrictBase64.decode($0) }
    }

    private static func refused(_ how: String) -> KeyCustodyError {
        KeyCustodyError(
            .invalid, "the policy \(how); sign it again (`chancery tpm policy sign`)")
    }
}
