import CTSS2
import Crypto

/// A key that a TPM made below its storage root and that never leaves it. What is kept here is of use to that TPM alone,
/// and there only with the authorization, which the keeper drew and nobody else knows.
///
/// Stored as the secret of a row of `kek`, so it moves with it when an erasure changes the root:
/// ```
/// authorization       32 bytes
/// public area         UInt32 length, bytes: TPM2B_PUBLIC as marshalled
/// private area        the rest: contents of TPM2B_PRIVATE
/// ```
struct ResidentKey: Sendable {
    static let authorizationBytes = 32

    let curve: ResidentCurve
    let authorization: SecretBytes
    let publicArea: [UInt8]
    let privateArea: [UInt8]
    /// SPKI DER.
    let spki: [UInt8]

    /// - Returns: nil for anything but a key as its template has it: made in the TPM, and it never leaves it.
    init?(
        _ curve: ResidentCurve, authorization: SecretBytes, publicArea: [UInt8],
        privateArea: [UInt8]
    ) {
        var rest = publicArea[...]
        guard let size: UInt16 = rest.popBigEndian(), Int(size) == rest.count,
            let spki = Self.spki(curve, area: Array(rest))
        else { return nil }
        self.curve = curve
        self.authorization = authorization
        self.publicArea = publicArea
        self.privateArea = privateArea
        self.spki = spki
    }

    /// TPMT_PUBLIC as marshalled: what follows the size.
    var area: [UInt8] { Array(publicArea.dropFirst(2)) }

    /// TPM Name of an object with this public area.
    static func name(of area: [UInt8]) -> [UInt8] { [0x00, 0x0B] + Array(SHA256.hash(data: area)) }

    /// - Parameter area: TPMT_PUBLIC as marshalled, from a TPM or from whoever says that it is.
    /// - Returns: the key as SPKI DER; nil for anything but a key as its template has it.
    static func spki(_ curve: ResidentCurve, area: [UInt8]) -> [UInt8]? {
        var parsed = TPMT_PUBLIC()
        var offset = 0
        guard area.count <= MemoryLayout<TPMT_PUBLIC>.size,
            Tss2_MU_TPMT_PUBLIC_Unmarshal(area, area.count, &offset, &parsed) == 0,
            offset == area.count
        else { return nil }
        // All but the point is the template's, to the byte.
        var expected = TPMTemplates.signingKey(curve).publicArea
        expected.unique.ecc = parsed.unique.ecc
        guard AttestationKeyPublic.marshal(&expected) == area else { return nil }
        return curve.spki(parsed.unique.ecc)
    }

    /// - Returns: nil for something else than `stored` makes.
    init?(_ curve: ResidentCurve, stored: SecretBytes) {
        let size = Self.authorizationBytes
        guard stored.count > size else { return nil }
        let authorization = stored.withUnsafeBytes { bytes in
            SecretBytes(copying: UnsafeRawBufferPointer(rebasing: bytes[..<size]))
        }
        var rest = stored.withUnsafeBytes { Array($0[size...]) }[...]
        guard let length: UInt32 = rest.popBigEndian(), Int(length) <= rest.count else {
            return nil
        }
        self.init(
            curve, authorization: authorization, publicArea: Array(rest.prefix(Int(length))),
            privateArea: Array(rest.dropFirst(Int(length))))
    }

    var stored: SecretBytes {
        var parts: [UInt8] = []
        parts.append(bigEndian: UInt32(publicArea.count))
        parts += publicArea + privateArea
        return SecretBytes(count: authorization.count + parts.count) { buffer in
            authorization.withUnsafeBytes { buffer.copyMemory(from: $0) }
            UnsafeMutableRawBufferPointer(rebasing: buffer[authorization.count...])
                .copyBytes(from: parts)
        }
    }
}
