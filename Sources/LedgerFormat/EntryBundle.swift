// C2SP tlog-tiles, entry bundles: for each entry its length as a big-endian uint16, then its bytes.
// Here an entry is a header (FORMAT 6): 1 … 4,096 bytes; a bundle holds 1 … 256 of them.

public import FoundationEssentials

public enum EntryBundle {
    /// - Throws: `EntryBundleError`
    public static func encode(_ headers: [[UInt8]]) throws(EntryBundleError) -> [UInt8] {
        guard headers.count <= LedgerLimits.tileWidth else {
            throw .tooManyEntries(limit: LedgerLimits.tileWidth)
        }
        var out: [UInt8] = []
        out.reserveCapacity(headers.reduce(0) { $0 + $1.count + 2 })
        for header in headers {
            guard (1...LedgerLimits.maxHeaderBytes).contains(header.count) else {
                throw .entrySize(bytes: header.count)
            }
            out.append(UInt8(header.count >> 8))
            out.append(UInt8(header.count & 0xFF))
            out += header
        }
        return out
    }

    /// - Returns: the headers' bytes, not yet read as headers.
    /// - Throws: `EntryBundleError`
    public static func decode(
        _ bundle: some ContiguousBytes, maxEntries: Int = LedgerLimits.tileWidth
    ) throws(EntryBundleError) -> [[UInt8]] {
        try bundle.reading { (buffer) throws(EntryBundleError) in
            var headers: [[UInt8]] = []
            var at = 0
            while at < buffer.count {
                guard headers.count < maxEntries else { throw .tooManyEntries(limit: maxEntries) }
                guard buffer.count - at >= 2 else { throw .truncated(offset: at) }
                let size = Int(buffer[at]) << 8 | Int(buffer[at + 1])
                at += 2
                guard (1...LedgerLimits.maxHeaderBytes).contains(size) else {
                    throw .entrySize(bytes: size)
                }
                guard buffer.count - at >= size else { throw .truncated(offset: at) }
                headers.append(Array(buffer[at..<at + size]))
                at += size
            }
            return headers
        }
    }
}
