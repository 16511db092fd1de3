import CTSS2

/// A TSS2 response code, taken apart: the layer that speaks and what it says (TSS 2.0 Overview,
/// section 6; TPM 2.0 Library Part 2, section 6.6).
///
/// The headers define these constants through casts, which do not import, so those needed stand
/// here as numbers.
struct TPMResponseCode: Hashable, Sendable {
    let raw: UInt32

    init(_ raw: TSS2_RC) {
        self.raw = raw
    }

    static let success = TPMResponseCode(0)

    var isSuccess: Bool { raw == 0 }

    /// Bits 16…23 name the layer. 0 is the TPM itself; 8 and 9 are resource managers, which repeat
    /// the TPM's own numbers.
    var isFromTPM: Bool {
        switch raw >> 16 {
        case 0, 8, 9: true
        default: false
        }
    }

    /// Every layer above the TPM numbers its own errors alike; 10 is a failed transport.
    var isTransportFailure: Bool {
        !isFromTPM && raw & 0xFFFF == 0x000A
    }

    /// The TPM's error without the handle, session or parameter number that format-one codes carry.
    var tpmError: UInt32 {
        let code = raw & 0xFFFF
        return code & 0x80 == 0 ? code : code & 0xBF
    }

    /// `0x` and eight hex digits, as the TPM documents and `tpm2_rc_decode` have it.
    var hex: String {
        let digits = String(raw, radix: 16)
        return "0x" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    // TPM_RC values, Part 2 table 16
    static let initialize: UInt32 = 0x100
    static let lockout: UInt32 = 0x921
    static let retry: UInt32 = 0x922
    static let testing: UInt32 = 0x90A
    static let yielded: UInt32 = 0x908
    static let objectMemory: UInt32 = 0x902
    static let sessionMemory: UInt32 = 0x903
    static let memory: UInt32 = 0x904
    static let authFail: UInt32 = 0x08E
    static let badAuth: UInt32 = 0x0A2
    static let integrity: UInt32 = 0x09F
    static let hierarchy: UInt32 = 0x085
    static let handle: UInt32 = 0x08B
    /// PolicyNV answers a comparison that does not hold with this.
    static let policy: UInt32 = 0x126
    static let policyFail: UInt32 = 0x09D
    static let registersChanged: UInt32 = 0x128
    /// TPM_RC_REFERENCE_H0 … S6: a handle or session that is not loaded.
    static let references: ClosedRange<UInt32> = 0x910...0x91E
}
