/// Fills a buffer from the left. The caller reserves enough; a miscount stops at the bounds check
/// instead of writing outside.
struct ByteWriter {
    private let out: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ out: UnsafeMutableRawBufferPointer) {
        self.out = out
    }

    @inline(__always)
    private mutating func reserve(_ size: Int) -> UnsafeMutableRawBufferPointer {
        precondition(size <= out.count - count, "reserved too little")
        let part = UnsafeMutableRawBufferPointer(rebasing: out[count..<count + size])
        count += size
        return part
    }

    @inline(__always)
    mutating func put(_ literal: StaticString) {
        reserve(literal.utf8CodeUnitCount).copyMemory(
            from: UnsafeRawBufferPointer(
                start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    @inline(__always)
    mutating func put(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { reserve($0.count).copyMemory(from: $0) }
    }

    mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { reserve($0.count).copyMemory(from: UnsafeRawBufferPointer($0)) }
    }

    mutating func put(_ value: UInt64) {
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &digits) { scratch in
            var rest = value
            var start = scratch.count
            repeat {
                start -= 1
                scratch[start] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            let text = UnsafeRawBufferPointer(rebasing: scratch[start...])
            reserve(text.count).copyMemory(from: text)
        }
    }

    mutating func put(hex digest: Digest32) {
        let part = reserve(2 * Digest32.byteCount)
        digest.withUnsafeBytes { LowerHex.write($0, to: part) }
    }

    mutating func put(hex tag: SubjectTag) {
        let part = reserve(2 * SubjectTag.byteCount)
        tag.withUnsafeBytes { LowerHex.write($0, to: part) }
    }

    mutating func put(_ time: LedgerTime) {
        time.write(to: reserve(LedgerTime.textBytes))
    }
}
