extension [UInt8] {
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}

extension ArraySlice<UInt8> {
    /// Takes an integer off the front; nil when too few bytes are left.
    mutating func popBigEndian<Value: FixedWidthInteger & UnsignedInteger>() -> Value? {
        let width = MemoryLayout<Value>.size
        guard count >= width else { return nil }
        let value = prefix(width).reduce(Value(0)) { $0 << 8 | Value($1) }
        self = dropFirst(width)
        return value
    }
}
