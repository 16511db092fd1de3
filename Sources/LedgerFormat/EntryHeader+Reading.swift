public import FoundationEssentials

extension EntryHeader {
    /// Reads a header by walking the one text it can have, so that whatever is accepted has
    /// `canonicalBytes()` equal to what was read.
    ///
    /// - Throws: `EntryHeaderError`
    public init(canonical bytes: some ContiguousBytes) throws(EntryHeaderError) {
        self = try bytes.reading { (buffer) throws(EntryHeaderError) in
            EntryHeader(try EntryHeaderView(canonical: buffer))
        }
    }
}
