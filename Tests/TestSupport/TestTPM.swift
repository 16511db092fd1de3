public import Crypto
internal import Foundation
public import LedgerFormat

/// As much of a TPM as attests seals: one attestation key, one seal counter, a clock, registers.
public struct TestTPM: Sendable {
    /// What is about to be signed.
    public struct Seal: Sendable {
        public var certify: TPMStatement
        public var quote: TPMStatement
        public var registers: [SegmentAttestation.Register]
    }

    /// An attestation that need not be one: `SegmentAttestation` would refuse some.
    public struct SignedSeal: Sendable {
        public var keyID: String
        public var certify: SegmentAttestation.Statement
        public var quote: SegmentAttestation.Statement
        public var registers: [SegmentAttestation.Register]

        public func canonicalBytes() throws -> [UInt8] {
            func value(_ statement: SegmentAttestation.Statement) -> CanonicalJSON.Value {
                .object([
                    .init("attest", .string(StrictBase64.encode(statement.attest))),
                    .init("signature", .string(StrictBase64.encode(statement.signature))),
                ])
            }
            let registers = registers.map { register in
                CanonicalJSON.Value.object([
                    .init("index", .integer(UInt64(register.index))),
                    .init("value", .string(register.value.hex)),
                ])
            }
            return try CanonicalJSON.write(
                .object([
                    .init("certify", value(certify)), .init("keyId", .string(keyID)),
                    .init("pcrs", .array(registers)), .init("quote", value(quote)),
                ]))
        }

        public func attestation() throws -> SegmentAttestation {
            try SegmentAttestation(
                keyID: keyID, certify: certify, quote: quote, registers: registers)
        }
    }

    public let key = P256.Signing.PrivateKey()
    public let counterName: [UInt8]
    /// Of the last seal.
    public var counter: UInt64 = 41
    public var clock: UInt64 = 60_000
    public var resetCount: UInt32 = 7
    public var restartCount: UInt32 = 2
    public var quoteComesFirst = false
    public var registers: [Int: [UInt8]] = [
        0: [UInt8](repeating: 0xA0, count: 32), 7: [UInt8](repeating: 0xA7, count: 32),
        23: [UInt8](repeating: 0, count: 32),
    ]

    public init(counterName byte: UInt8 = 0xC1) {
        counterName = [0x00, 0x0B] + [UInt8](repeating: byte, count: 32)
    }

    public var spki: [UInt8] { Array(key.publicKey.derRepresentation) }

    public func trustedKey(
        fromSize: UInt64 = 0, untilSize: UInt64? = nil, sealCounter: [UInt8]? = nil
    ) throws -> TrustedKey {
        try TrustedKey(
            use: .attestation, algorithm: .ecdsaP256, name: "AK", publicKey: spki,
            fromSize: fromSize, untilSize: untilSize, sealCounter: sealCounter ?? counterName)
    }

    /// Advances the counter and states what it and the registers are.
    public mutating func seal(_ body: SegmentManifestBody) -> Seal {
        counter += 1
        clock += 1_000
        let qualifying = Array(SHA256.hash(data: body.signingInput()))
        let values = registers.sorted { $0.key < $1.key }
        let digest = Array(SHA256.hash(data: values.flatMap(\.value)))
        var seal = Seal(
            certify: TPMStatement(
                certify: .certify(indexName: counterName, counter: counter), extraData: qualifying),
            quote: TPMStatement(
                quote: .quote(registers: values.map(\.key), digest: digest), extraData: qualifying),
            registers: values.map { .init(index: $0.key, value: Digest32($0.value) ?? .zero) })
        seal.stamp(clock: clock, resetCount: resetCount, restartCount: restartCount)
        if quoteComesFirst { swap(&seal.certify.clock, &seal.quote.clock) }
        return seal
    }

    public func sign(_ seal: Seal) throws -> SignedSeal {
        SignedSeal(
            keyID: SPKI.keyID(spki), certify: try sign(seal.certify),
            quote: try sign(seal.quote), registers: seal.registers)
    }

    public func sign(_ statement: TPMStatement) throws -> SegmentAttestation.Statement {
        let bytes = statement.bytes
        let signature = try key.signature(for: SHA256.hash(data: bytes))
        return .init(
            attest: bytes, signature: TPMBytes.signature(Array(signature.rawRepresentation)))
    }

    /// The attestation of an honest seal.
    public mutating func attest(_ body: SegmentManifestBody) throws -> SegmentAttestation {
        try sign(seal(body)).attestation()
    }

    /// An unattested manifest file with an attestation put in, whatever it is.
    public static func manifest(_ file: [UInt8], with attestation: [UInt8]) -> [UInt8] {
        let start = Array("{\"attestation\":".utf8)
        return start + attestation + file.dropFirst(start.count + "\"none\"".utf8.count)
    }
}

extension TestTPM.Seal {
    /// The quote is made a moment after the certification.
    public mutating func stamp(clock: UInt64, resetCount: UInt32, restartCount: UInt32) {
        certify.clock = clock
        certify.resetCount = resetCount
        certify.restartCount = restartCount
        quote.clock = clock + 5
        quote.resetCount = resetCount
        quote.restartCount = restartCount
    }
}
