/// What TPM2_GetCapability tells of a TPM and its state (TPM 2.0 Library Part 2, 6.13). The headers define these
/// numbers through casts, which do not import.
struct TPMProperties: Sendable {
    /// TPM_PT_FIXED, as far as used here: maker, vendor strings, firmware.
    static let fixed: ClosedRange<UInt32> = 0x105...0x10C
    /// TPM_PT_VAR: permanent attributes to lockout recovery.
    static let variable: ClosedRange<UInt32> = 0x200...0x211

    let values: [UInt32: UInt32]

    /// Four letters, e.g. `IBM`, `IFX`, `STM`.
    var manufacturer: String { Self.text([values[0x105]]) }
    /// The vendor strings, e.g. `SW TPM`.
    var model: String { Self.text((0x106...0x109).map { values[$0] }) }
    /// Both words as the vendor has them, e.g. `2019.1023`; vendors differ in what the halves mean.
    var firmware: String {
        let (first, second) = (values[0x10B] ?? 0, values[0x10C] ?? 0)
        return String(first, radix: 16) + "." + String(second, radix: 16)
    }

    // TPMA_PERMANENT
    private func permanent(_ bit: UInt32) -> Bool { (values[0x200] ?? 0) >> bit & 1 == 1 }

    func hasAuthorization(_ hierarchy: TPMHierarchy) -> Bool {
        switch hierarchy {
        case .owner: permanent(0)
        case .endorsement: permanent(1)
        case .lockout: permanent(2)
        }
    }

    var isInLockout: Bool { permanent(9) }
    var failedTries: UInt32 { values[0x20E] ?? 0 }
    var maxTries: UInt32 { values[0x20F] ?? 0 }
    /// Seconds until one failed try is forgotten.
    var recoveryTime: UInt32 { values[0x210] ?? 0 }
    /// Seconds until the lockout authorization may be tried again after it failed.
    var lockoutRecovery: UInt32 { values[0x211] ?? 0 }

    var freeSessions: UInt32? { values[0x204] }
    var freeTransient: UInt32? { values[0x207] }
    var freePersistent: UInt32? { values[0x209] }
    var freeCounters: UInt32? { values[0x20B] }

    /// Four bytes a word; the TPM's bytes are untrusted and reach a terminal.
    private static func text(_ words: [UInt32?]) -> String {
        let bytes = words.compactMap(\.self).flatMap { word in
            withUnsafeBytes(of: word.bigEndian) { Array($0) }
        }
        let printable = bytes.map { (0x20..<0x7F).contains($0) ? $0 : 0x20 }
        return String(decoding: printable, as: UTF8.self).split(separator: " ")
            .joined(separator: " ")
    }
}
