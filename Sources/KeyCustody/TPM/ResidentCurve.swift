import CTSS2
import Crypto

/// What keys that sign inside the TPM are made of.
enum ResidentCurve: Sendable {
    case p256
    case p384

    var tpmCurve: TPMI_ECC_CURVE {
        switch self {
        case .p256: TPMI_ECC_CURVE(TPM2_ECC_NIST_P256)
        case .p384: TPMI_ECC_CURVE(TPM2_ECC_NIST_P384)
        }
    }

    var tpmHash: TPMI_ALG_HASH {
        switch self {
        case .p256: TPMI_ALG_HASH(TPM2_ALG_SHA256)
        case .p384: TPMI_ALG_HASH(TPM2_ALG_SHA384)
        }
    }

    /// Bytes of a coordinate, and of each half of a signature.
    var width: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        }
    }

    func digest(_ message: [UInt8]) -> [UInt8] {
        switch self {
        case .p256: Array(SHA256.hash(data: message))
        case .p384: Array(SHA384.hash(data: message))
        }
    }

    /// - Returns: SPKI DER; nil for what is no point of the curve.
    func spki(_ point: TPMS_ECC_POINT) -> [UInt8]? {
        let bytes = [0x04] + padded(point.x) + padded(point.y)
        switch self {
        case .p256:
            let key = try? P256.Signing.PublicKey(x963Representation: bytes)
            return key.map { Array($0.derRepresentation) }
        case .p384:
            let key = try? P384.Signing.PublicKey(x963Representation: bytes)
            return key.map { Array($0.derRepresentation) }
        }
    }

    /// `width` bytes: a TPM may leave leading zeros out, or write more of them.
    func padded(_ value: TPM2B_ECC_PARAMETER) -> [UInt8] {
        let bytes = withUnsafeBytes(of: value.buffer) { Array($0.prefix(Int(value.size))) }
        return [UInt8](repeating: 0, count: max(0, width - bytes.count)) + bytes.suffix(width)
    }
}
