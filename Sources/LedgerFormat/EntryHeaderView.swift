/// A header read in place: every rule of FORMAT 2.1 that can be checked without its neighbours holds, and
/// nothing was copied. What verification of millions of entries reads; `EntryHeader` is made of one.
///
/// The text members point into the bytes that were read: good for as long as those are.
public struct EntryHeaderView {
    public let generation: UInt64
    public let index: UInt64
    public let time: LedgerTime
    public let stream: EntryStream
    public let subject: SubjectTag?
    public let subjectVersion: UInt64?
    public let subjectPrevious: UInt64?
    public let previous: Digest32?
    public let payloadHash: Digest32
    let id: UnsafeRawBufferPointer
    let actor: UnsafeRawBufferPointer
    let label: UnsafeRawBufferPointer
    let type: UnsafeRawBufferPointer

    /// Walks the one text that a header can have.
    ///
    /// - Throws: `EntryHeaderError`
    public init(canonical bytes: UnsafeRawBufferPointer) throws(EntryHeaderError) {
        guard bytes.count <= LedgerLimits.maxHeaderBytes else {
            throw .tooLarge(bytes: bytes.count)
        }
        var reader = HeaderMemberReader(scanner: ByteScanner(bytes))
        actor = try reader.text("actor", "{\"actor\":", LedgerLimits.maxActorBytes)
        try reader.literal("format", ",\"format\":1")
        generation = try reader.integer("generation", ",\"generation\":")
        try reader.literal("id", ",\"id\":")
        id = try reader.fixed("id", UUIDv7.textBytes)
        index = try reader.integer("index", ",\"index\":")
        label = try reader.text("label", ",\"label\":", LedgerLimits.maxLabelBytes)
        payloadHash = try reader.digest("payloadHash", ",\"payloadHash\":")
        previous = try reader.optionalDigest("previous", ",\"previous\":")
        stream = try reader.stream("stream", ",\"stream\":")
        subject = try reader.optionalTag("subject", ",\"subject\":")
        subjectPrevious = try reader.optionalInteger("subjectPrevious", ",\"subjectPrevious\":")
        subjectVersion = try reader.optionalInteger("subjectVersion", ",\"subjectVersion\":")
        time = try reader.time("time", ",\"time\":")
        type = try reader.text("type", ",\"type\":", LedgerLimits.maxTypeBytes)
        try reader.literal("type", "}")
        guard reader.scanner.isAtEnd else { throw reader.notCanonical("type") }
        try EntryHeader.checkNumbers(
            generation: generation, index: index, hasPrevious: previous != nil)
        try EntryHeader.checkSubject(
            isPresent: subject != nil, stream: stream, version: subjectVersion,
            previous: subjectPrevious, index: index)
        try EntryHeader.checkTexts(
            isID: UUIDv7.isValid(id), isActor: EntryHeader.isActor(actor),
            isType: EntryHeader.isType(type), isLabel: LabelSyntax.isValid(label))
    }

    public func isType(_ name: StaticString) -> Bool {
        type.elementsEqual(
            UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    /// The one kind of entry whose time may be earlier than that of the entry before it.
    public var isClockCorrection: Bool { stream == .policy && isType("ClockCorrected") }

    public var typeText: String { String(decoding: type, as: UTF8.self) }
}
