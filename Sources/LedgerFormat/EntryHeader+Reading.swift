public import FoundationEssentials

extension EntryHeader {
    /// Reads a header by walking the one text it can have, so that whatever is accepted has
    /// `canonicalBytes()` equal to what was read.
    ///
    /// - Throws: `EntryHeaderError`
    public init(canonical bytes: some ContiguousBytes) throws(EntryHeaderError) {
        self = try bytes.reading { (buffer) throws(EntryHeaderError) in
            try EntryHeader(buffer: buffer)
        }
    }

    init(buffer: UnsafeRawBufferPointer) throws(EntryHeaderError) {
        guard buffer.count <= LedgerLimits.maxHeaderBytes else {
            throw .tooLarge(bytes: buffer.count)
        }
        var reader = MemberReader(scanner: ByteScanner(buffer))
        let actor = try reader.text("actor", "{\"actor\":", LedgerLimits.maxActorBytes)
        try reader.literal("format", ",\"format\":1")
        let generation = try reader.integer("generation", ",\"generation\":")
        let id = try reader.text("id", ",\"id\":", UUIDv7.textBytes)
        let index = try reader.integer("index", ",\"index\":")
        let label = try reader.text("label", ",\"label\":", LedgerLimits.maxLabelBytes)
        let payloadHash = try reader.digest("payloadHash", ",\"payloadHash\":")
        let previous = try reader.optionalDigest("previous", ",\"previous\":")
        let stream = try reader.stream("stream", ",\"stream\":")
        let subject = try reader.optionalTag("subject", ",\"subject\":")
        let subjectPrevious = try reader.optionalInteger("subjectPrevious", ",\"subjectPrevious\":")
        let subjectVersion = try reader.optionalInteger("subjectVersion", ",\"subjectVersion\":")
        let time = try reader.time("time", ",\"time\":")
        let type = try reader.text("type", ",\"type\":", LedgerLimits.maxTypeBytes)
        try reader.literal("type", "}")
        guard reader.scanner.isAtEnd else { throw reader.notCanonical("type") }
        try self.init(
            generation: generation, index: index, time: time, id: id, stream: stream, type: type,
            actor: actor, label: label, subject: subject, subjectVersion: subjectVersion,
            subjectPrevious: subjectPrevious, previous: previous, payloadHash: payloadHash)
    }
}

/// One member after the other, each by its punctuation and name, then its value.
private struct MemberReader {
    var scanner: ByteScanner

    func notCanonical(_ member: StaticString) -> EntryHeaderError {
        .notCanonical(member: "\(member)", offset: scanner.position)
    }

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

    mutating func text(
        _ member: StaticString, _ name: StaticString, _ limit: Int
    ) throws(EntryHeaderError) -> String {
        try literal(member, name)
        return String(decoding: try raw(member, limit), as: UTF8.self)
    }

    mutating func integer(
        _ member: StaticString, _ name: StaticString
    ) throws(EntryHeaderError) -> UInt64 {
        try literal(member, name)
        guard let value = scanner.integer() else { throw notCanonical(member) }
        return value
    }

    mutating func optionalInteger(
        _ member: StaticString, _ name: StaticString
    ) throws(EntryHeaderError) -> UInt64? {
        try literal(member, name)
        if scanner.skip("null") { return nil }
        guard let value = scanner.integer() else { throw notCanonical(member) }
        return value
    }

    mutating func digest(
        _ member: StaticString, _ name: StaticString
    ) throws(EntryHeaderError) -> Digest32 {
        try literal(member, name)
        return try digest(member)
    }

    mutating func optionalDigest(
        _ member: StaticString, _ name: StaticString
    ) throws(EntryHeaderError) -> Digest32? {
        try literal(member, name)
        return scanner.skip("null") ? nil : try digest(member)
    }

    private mutating func digest(_ member: StaticString) throws(EntryHeaderError) -> Digest32 {
        guard let value = Digest32(hexDigits: try raw(member, 64)) else {
            throw .ruleBroken(member: "\(member)", rule: "64 lower-case hexadecimal digits")
        }
        return value
    }

    mutating func optionalTag(
        _ member: StaticString, _ name: StaticString
    ) throws(EntryHeaderError) -> SubjectTag? {
        try literal(member, name)
        if scanner.skip("null") { return nil }
        guard let value = SubjectTag(hexDigits: try raw(member, 32)) else {
            throw .ruleBroken(member: "\(member)", rule: "32 lower-case hexadecimal digits")
        }
        return value
    }

    mutating func stream(
        _ member: StaticString, _ name: StaticString
    ) throws(EntryHeaderError) -> EntryStream {
        let text = try text(member, name, 16)
        guard let value = EntryStream(rawValue: text) else {
            throw .ruleBroken(member: "\(member)", rule: "one of the nine streams")
        }
        return value
    }

    mutating func time(
        _ member: StaticString, _ name: StaticString
    ) throws(EntryHeaderError) -> LedgerTime {
        try literal(member, name)
        guard let value = LedgerTime(buffer: try raw(member, LedgerTime.textBytes)) else {
            throw .ruleBroken(member: "\(member)", rule: "UTC as YYYY-MM-DDThh:mm:ss.ffffffZ")
        }
        return value
    }
}
