/// One member of a header after the other, each by its punctuation and name, then its value.
///
/// Inlined into the one walk over a header: what a call would be told at run time, names above all, is known there.
struct HeaderMemberReader {
    var scanner: ByteScanner

    func notCanonical(_ member: StaticString) -> EntryHeaderError {
        .notCanonical(member: "\(member)", offset: scanner.position)
    }

    @inline(__always)
    mutating func literal(
        _ member: StaticString, _ text: StaticString
    ) throws(EntryHeaderError) {
        guard scanner.skip(text) else { throw notCanonical(member) }
    }

    mutating func raw(
        _ member: StaticString, _ limit: Int
    ) throws(EntryHeaderError) -> UnsafeRawBufferPointer {
        guard scanner.skip("\""), let text = scanner.plainText(atMost: limit) else {
            throw notCanonical(member)
        }
        return text
    }

    /// A text whose length is fixed and whose reader refuses quotes and escapes: no need to look for its end.
    @inline(__always)
    mutating func fixed(
        _ member: StaticString, _ count: Int
    ) throws(EntryHeaderError) -> UnsafeRawBufferPointer {
        if let text = scanner.quoted(count: count) { return text }
        return try raw(member, count)
    }

    @inline(__always)
    mutating func text(
        _ member: StaticString, _ name: StaticString, _ limit: Int
    ) throws(EntryHeaderError) -> UnsafeRawBufferPointer {
        try literal(member, name)
        return try raw(member, limit)
    }

    @inline(__always)
    mutating func integer(
        _ member: StaticString, _ name: StaticString
    ) throws(EntryHeaderError) -> UInt64 {
        try literal(member, name)
        guard let value = scanner.integer() else { throw notCanonical(member) }
        return value
    }

    @inline(__always)
    mutating func optionalInteger(
        _ member: StaticString, _ name: StaticString
    ) throws(EntryHeaderError) -> UInt64? {
        try literal(member, name)
        if scanner.skip("null") { return nil }
        guard let value = scanner.integer() else { throw notCanonical(member) }
        return value
    }

    @inline(__always)
    mutating func digest(
        _ member: StaticString, _ name: StaticString
    ) throws(EntryHeaderError) -> Digest32 {
        try literal(member, name)
        return try digest(member)
    }

    @inline(__always)
    mutating func optionalDigest(
        _ member: StaticString, _ name: StaticString
    ) throws(EntryHeaderError) -> Digest32? {
        try literal(member, name)
        return scanner.skip("null") ? nil : try digest(member)
    }

    private mutating func digest(_ member: StaticString) throws(EntryHeaderError) -> Digest32 {
        guard let value = Digest32(hexDigits: try fixed(member, 64)) else {
            throw .ruleBroken(member: "\(member)", rule: "64 lower-case hexadecimal digits")
        }
        return value
    }

    @inline(__always)
    mutating func optionalTag(
        _ member: StaticString, _ name: StaticString
    ) throws(EntryHeaderError) -> SubjectTag? {
        try literal(member, name)
        if scanner.skip("null") { return nil }
        guard let value = SubjectTag(hexDigits: try fixed(member, 32)) else {
            throw .ruleBroken(member: "\(member)", rule: "32 lower-case hexadecimal digits")
        }
        return value
    }

    @inline(__always)
    mutating func stream(
        _ member: StaticString, _ name: StaticString
    ) throws(EntryHeaderError) -> EntryStream {
        guard let value = EntryStream(name: try text(member, name, 16)) else {
            throw .ruleBroken(member: "\(member)", rule: "one of the nine streams")
        }
        return value
    }

    @inline(__always)
    mutating func time(
        _ member: StaticString, _ name: StaticString
    ) throws(EntryHeaderError) -> LedgerTime {
        try literal(member, name)
        guard let value = LedgerTime(buffer: try fixed(member, LedgerTime.textBytes)) else {
            throw .ruleBroken(member: "\(member)", rule: "UTC as YYYY-MM-DDThh:mm:ss.ffffffZ")
        }
        return value
    }
}
