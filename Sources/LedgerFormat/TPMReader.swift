/// Reads what a TPM marshals: big-endian integers, and TPM2B, a UINT16 size before that many bytes. Every
/// step checks its bounds.
struct TPMReader {
    private var rest: ArraySlice<UInt8>

    /// - Throws: `TPMStructureError` when there are more than `limit` bytes.
    init(_ bytes: [UInt8], atMost limit: Int, structure: String) throws(TPMStructureError) {
        guard bytes.count <= limit else {
            throw TPMStructureError(field: structure, rule: "at most \(limit) bytes")
        }
        rest = bytes[...]
    }

    mutating func bytes(_ count: Int, _ field: String) throws(TPMStructureError) -> [UInt8] {
        guard count <= rest.count else {
            throw TPMStructureError(field: field, rule: "\(count) bytes, of which some are missing")
        }
        let part = rest.prefix(count)
        rest = rest.dropFirst(count)
        return Array(part)
    }

    mutating func integer<Value: FixedWidthInteger & UnsignedInteger>(
        _ field: String
    ) throws(TPMStructureError) -> Value {
        let size = Value.bitWidth / 8
        var value: Value = 0
        for byte in try bytes(size, field) { value = value << 8 | Value(byte) }
        return value
    }

    /// An integer with one allowed value.
    mutating func expect<Value: FixedWidthInteger & UnsignedInteger>(
        _ value: Value, _ field: String
    ) throws(TPMStructureError) {
        let found: Value = try integer(field)
        guard found == value else {
            throw TPMStructureError(field: field, rule: "0x" + String(value, radix: 16))
        }
    }

    /// A TPM2B whose size is in `sizes`.
    mutating func sized(
        _ sizes: ClosedRange<Int>, _ field: String
    ) throws(TPMStructureError) -> [UInt8] {
        let size: UInt16 = try integer(field)
        guard sizes.contains(Int(size)) else {
            let rule =
                sizes.lowerBound == sizes.upperBound
                ? "\(sizes.lowerBound) bytes"
                : "from \(sizes.lowerBound) to \(sizes.upperBound) bytes"
            throw TPMStructureError(field: field, rule: rule)
        }
        return try bytes(Int(size), field)
    }

    mutating func digest(_ field: String) throws(TPMStructureError) -> Digest32 {
        guard let value = Digest32(try sized(Digest32.byteCount...Digest32.byteCount, field)) else {
            throw TPMStructureError(field: field, rule: "\(Digest32.byteCount) bytes")
        }
        return value
    }

    func finish(_ structure: String) throws(TPMStructureError) {
        guard rest.isEmpty else {
            throw TPMStructureError(field: structure, rule: "ends there, without trailing bytes")
        }
    }
}
