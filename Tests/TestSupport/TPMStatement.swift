public import LedgerFormat

/// A TPMS_ATTEST as a TPM marshals it (TPM 2.0 Library Part 2, 10.12), with every field where a test can
/// make it wrong.
public struct TPMStatement: Sendable {
    public var magic: UInt32 = 0xFF54_4347
    public var type: UInt16
    public var qualifiedSigner: [UInt8] = [0x00, 0x0B] + [UInt8](repeating: 0x51, count: 32)
    public var extraData: [UInt8]
    public var clock: UInt64 = 60_000
    public var resetCount: UInt32 = 7
    public var restartCount: UInt32 = 2
    public var safe: UInt8 = 1
    public var firmwareVersion: UInt64 = 0x2022_0101_0000_0000
    public var attested: TPMAttested
    public var trailing: [UInt8] = []

    public init(quote: TPMAttested, extraData: [UInt8]) {
        type = 0x8018
        attested = quote
        self.extraData = extraData
    }

    public init(certify: TPMAttested, extraData: [UInt8]) {
        type = 0x8014
        attested = certify
        self.extraData = extraData
    }

    /// What a parser read, to be written again.
    public init(_ parsed: TPMAttest) {
        extraData = parsed.extraData.bytes
        switch parsed.attested {
        case .quote(let info):
            type = 0x8018
            attested = .quote(registers: info.registers, digest: info.digest.bytes)
        case .certify(let info):
            type = 0x8014
            attested = .certify(indexName: info.indexName, counter: info.counter)
        }
        qualifiedSigner = parsed.qualifiedSigner
        clock = parsed.clock.clock
        resetCount = parsed.clock.resetCount
        restartCount = parsed.clock.restartCount
        safe = parsed.clock.isSafe ? 1 : 0
        firmwareVersion = parsed.firmwareVersion
    }

    public var bytes: [UInt8] {
        TPMBytes.integer(magic) + TPMBytes.integer(type) + TPMBytes.sized(qualifiedSigner)
            + TPMBytes.sized(extraData) + TPMBytes.integer(clock) + TPMBytes.integer(resetCount)
            + TPMBytes.integer(restartCount) + [safe] + TPMBytes.integer(firmwareVersion)
            + attested.bytes + trailing
    }
}

/// TPMS_QUOTE_INFO and TPMS_NV_CERTIFY_INFO.
public enum TPMAttested: Sendable {
    /// Selections of banks, each an algorithm and a bitmap.
    case quote(selections: [(hash: UInt16, bitmap: [UInt8])], digest: [UInt8])
    case certify(indexName: [UInt8], offset: UInt16, contents: [UInt8])

    /// Registers of the SHA-256 bank.
    public static func quote(registers: [Int], digest: [UInt8]) -> TPMAttested {
        var bitmap: [UInt8] = [0, 0, 0]
        for register in registers { bitmap[register / 8] |= 1 << UInt8(register % 8) }
        return .quote(selections: [(hash: 0x000B as UInt16, bitmap: bitmap)], digest: digest)
    }

    public static func certify(indexName: [UInt8], counter: UInt64) -> TPMAttested {
        .certify(indexName: indexName, offset: 0, contents: TPMBytes.integer(counter))
    }

    var bytes: [UInt8] {
        switch self {
        case .quote(let selections, let digest):
            let parts = selections.flatMap { hash, bitmap -> [UInt8] in
                TPMBytes.integer(hash) + [UInt8(bitmap.count)] + bitmap
            }
            return TPMBytes.integer(UInt32(selections.count)) + parts + TPMBytes.sized(digest)
        case .certify(let indexName, let offset, let contents):
            return TPMBytes.sized(indexName) + TPMBytes.integer(offset) + TPMBytes.sized(contents)
        }
    }
}

/// Big-endian, as TPMs write.
public enum TPMBytes {
    public static func integer(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    /// TPM2B.
    public static func sized(_ bytes: [UInt8]) -> [UInt8] {
        integer(UInt16(bytes.count)) + bytes
    }

    /// TPMT_SIGNATURE of ECDSA with SHA-256.
    ///
    /// - Parameter raw: r ‖ s.
    public static func signature(
        _ raw: [UInt8], algorithm: UInt16 = 0x0018, hash: UInt16 = 0x000B
    ) -> [UInt8] {
        integer(algorithm) + integer(hash) + sized(Array(raw.prefix(raw.count / 2)))
            + sized(Array(raw.suffix(raw.count / 2)))
    }
}
