import Crypto
import LedgerFormat

/// SHA-256 registers (PCRs) of a platform and what they hold, or are to hold.
///
/// As text, a line each: index, space, 64 lower-case hex digits.
public struct PlatformRegisters: Sendable, Equatable {
    /// Firmware, what it loads from cards, the boot loader, secure boot (TCG PC Client Platform Firmware Profile).
    public static let usual = [0, 2, 4, 7]
    /// TPM2_PCR_Read returns no more at once.
    static let most = 8
    private static let known = 0..<24
    public static let maxText = 4_096

    let values: [Int: Digest32]

    /// - Returns: nil for none, too many, or one that no TPM has.
    init?(_ values: [Int: Digest32]) {
        guard Self.isSelection(Array(values.keys)) else { return nil }
        self.values = values
    }

    /// Ascending.
    var indices: [Int] { values.keys.sorted() }

    public var text: String {
        indices.map { "\($0) \(values[$0]?.hex ?? "")\n" }.joined()
    }

    /// - Throws: `KeyCustodyError.invalid` for anything that `text` does not write.
    public init(text bytes: [UInt8]) throws(KeyCustodyError) {
        var values: [Int: Digest32] = [:]
        for line in String(decoding: bytes.prefix(Self.maxText), as: UTF8.self)
            .split(separator: "\n")
        {
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2, let index = Int(parts[0]), values[index] == nil,
                let value = Digest32(hex: parts[1])
            else {
                throw KeyCustodyError(
                    .invalid,
                    "`\(line.prefix(80))` is not a register's index and its SHA-256 value; "
                        + "`chancery tpm policy show` prints such lines")
            }
            values[index] = value
        }
        guard bytes.count <= Self.maxText, let registers = Self(values) else {
            throw Self.noSelection
        }
        self = registers
    }

    /// - Parameter text: indices between commas.
    /// - Throws: `KeyCustodyError.invalid`.
    public static func indices(_ text: String) throws(KeyCustodyError) -> [Int] {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let indices = parts.compactMap { Int($0) }
        guard indices.count == parts.count, isSelection(indices) else { throw noSelection }
        return indices.sorted()
    }

    private static func isSelection(_ indices: [Int]) -> Bool {
        (1...most).contains(indices.count) && Set(indices).count == indices.count
            && indices.allSatisfy(known.contains)
    }

    private static var noSelection: KeyCustodyError {
        KeyCustodyError(
            .invalid,
            "a policy is of 1 to \(most) different registers from 0 to 23, such as 0,2,4,7")
    }

    /// What TPM2_PolicyPCR leaves in a session that began empty (TPM 2.0 Library Part 3, 23.7): SHA-256(32 zeros ‖
    /// TPM_CC_PolicyPCR ‖ TPML_PCR_SELECTION ‖ SHA-256(the values)).
    var policyDigest: Digest32 {
        var input = Digest32.zero.bytes
        input.append(bigEndian: 0x0000_017F as UInt32)
        input.append(bigEndian: 1 as UInt32)
        input.append(bigEndian: 0x000B as UInt16)
        var bitmap: [UInt8] = [0, 0, 0]
        for index in indices { bitmap[index / 8] |= 1 << UInt8(index % 8) }
        input += [UInt8(bitmap.count)] + bitmap
        let held = indices.compactMap { values[$0] }.flatMap(\.bytes)
        let digest = SHA256.hash(data: input + Array(SHA256.hash(data: held)))
        return Digest32(Array(digest)) ?? .zero
    }

    /// In words: each register that holds something else.
    func differences(from actual: PlatformRegisters) -> [String] {
        indices.compactMap { index in
            guard let expected = values[index], let value = actual.values[index],
                expected != value
            else { return nil }
            return "PCR \(index) is \(value.hex), signed is \(expected.hex)"
        }
    }
}
