// FORMAT 2.1: an entry's header is RFC 8785 canonical JSON with exactly these 14 members, at most
// 4,096 bytes. As the members, their order and the rules of their values are fixed, there is exactly
// one text per header and no string in it needs an escape:
//
//   {"actor":"…","format":1,"generation":N,"id":"…","index":N,"label":"…","payloadHash":"…",
//    "previous":"…"|null,"stream":"…","subject":"…"|null,"subjectPrevious":N|null,
//    "subjectVersion":N|null,"time":"…","type":"…"}
//
// Writer: EntryHeader+Writing.swift. Reader: EntryHeader+Reading.swift.

/// A header that keeps every rule of FORMAT 2.1 that can be checked without its neighbours.
public struct EntryHeader: Sendable, Equatable {
    /// The one format version that this code writes and reads.
    public static let format: UInt64 = 1
    /// No header is wider: the fixed texts, every integer at 16 digits, every string at its limit.
    public static let widestBytes =
        fixedBytes + LedgerLimits.maxActorBytes + LedgerLimits.maxLabelBytes
        + LedgerLimits.maxTypeBytes
    /// Upper bound of everything but `actor`, `label` and `type`.
    static let fixedBytes = 512

    /// From 1; the generation of the origin.
    public let generation: UInt64
    /// Leaf index, from 0.
    public let index: UInt64
    public let time: LedgerTime
    /// UUIDv7.
    public let id: String
    public let stream: EntryStream
    public let type: String
    /// Opaque principal id.
    public let actor: String
    public let label: String
    public let subject: SubjectTag?
    /// From 1, per (stream, subject); nil exactly when `subject` is.
    public let subjectVersion: UInt64?
    /// Index of the entry before this one with the same (stream, subject); nil at version 1.
    public let subjectPrevious: UInt64?
    /// Leaf hash of entry `index` − 1; nil exactly at index 0.
    public let previous: Digest32?
    public let payloadHash: Digest32

    /// - Throws: `EntryHeaderError.ruleBroken` naming the member.
    public init(
        generation: UInt64, index: UInt64, time: LedgerTime, id: String, stream: EntryStream,
        type: String, actor: String, label: String, subject: SubjectTag?, subjectVersion: UInt64?,
        subjectPrevious: UInt64?, previous: Digest32?, payloadHash: Digest32
    ) throws(EntryHeaderError) {
        self.generation = generation
        self.index = index
        self.time = time
        self.id = id
        self.stream = stream
        self.type = type
        self.actor = actor
        self.label = label
        self.subject = subject
        self.subjectVersion = subjectVersion
        self.subjectPrevious = subjectPrevious
        self.previous = previous
        self.payloadHash = payloadHash
        try Self.checkNumbers(generation: generation, index: index, hasPrevious: previous != nil)
        try Self.checkSubject(
            isPresent: subject != nil, stream: stream, version: subjectVersion,
            previous: subjectPrevious, index: index)
        try Self.checkTexts(
            isID: UUIDv7.isValid(id), isActor: Self.isActor(actor), isType: Self.isType(type),
            isLabel: LabelSyntax.isValid(label))
    }

    /// A view has kept every rule already.
    init(_ view: EntryHeaderView) {
        generation = view.generation
        index = view.index
        time = view.time
        id = String(decoding: view.id, as: UTF8.self)
        stream = view.stream
        type = view.typeText
        actor = String(decoding: view.actor, as: UTF8.self)
        label = String(decoding: view.label, as: UTF8.self)
        subject = view.subject
        subjectVersion = view.subjectVersion
        subjectPrevious = view.subjectPrevious
        previous = view.previous
        payloadHash = view.payloadHash
    }
}

// MARK: - Rules

extension EntryHeader {
    static func checkNumbers(
        generation: UInt64, index: UInt64, hasPrevious: Bool
    ) throws(EntryHeaderError) {
        guard (1...LedgerLimits.maxInteger).contains(generation) else {
            throw .ruleBroken(member: "generation", rule: "an integer from 1 to 2^53 − 1")
        }
        guard index <= LedgerLimits.maxInteger else {
            throw .ruleBroken(member: "index", rule: "an integer from 0 to 2^53 − 1")
        }
        guard hasPrevious == (index > 0) else {
            throw .ruleBroken(member: "previous", rule: "null exactly at index 0")
        }
    }

    static func checkSubject(
        isPresent: Bool, stream: EntryStream, version: UInt64?, previous: UInt64?, index: UInt64
    ) throws(EntryHeaderError) {
        guard isPresent else {
            guard version == nil else {
                throw .ruleBroken(member: "subjectVersion", rule: "null when there is no subject")
            }
            guard previous == nil else {
                throw .ruleBroken(member: "subjectPrevious", rule: "null when there is no subject")
            }
            return
        }
        guard stream.mayHaveSubject else {
            throw .ruleBroken(member: "subject", rule: "null in streams key and segment")
        }
        guard let version, (1...LedgerLimits.maxInteger).contains(version) else {
            throw .ruleBroken(member: "subjectVersion", rule: "from 1 when there is a subject")
        }
        guard (previous == nil) == (version == 1) else {
            throw .ruleBroken(member: "subjectPrevious", rule: "null exactly at subjectVersion 1")
        }
        if let previous, previous >= index {
            throw .ruleBroken(member: "subjectPrevious", rule: "less than index")
        }
    }

    static func checkTexts(
        isID: Bool, isActor: Bool, isType: Bool, isLabel: Bool
    ) throws(EntryHeaderError) {
        guard isID else {
            throw .ruleBroken(member: "id", rule: "a UUIDv7 in lower case, 36 characters")
        }
        guard isActor else {
            throw .ruleBroken(member: "actor", rule: "[A-Za-z0-9._:-]{1,64}")
        }
        guard isType else {
            throw .ruleBroken(member: "type", rule: "[A-Z][A-Za-z0-9]{0,63}")
        }
        guard isLabel else {
            throw .ruleBroken(member: "label", rule: "a security label as in FORMAT 2.4")
        }
    }

    /// `[A-Za-z0-9._:-]{1,64}`
    public static func isActor(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { isActor(UnsafeRawBufferPointer($0)) }
    }

    /// `[A-Z][A-Za-z0-9]{0,63}`
    public static func isType(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { isType(UnsafeRawBufferPointer($0)) }
    }

    static func isActor(_ text: UnsafeRawBufferPointer) -> Bool {
        (1...LedgerLimits.maxActorBytes).contains(text.count)
            && text.allSatisfy { byte in
                isAlphanumeric(byte) || byte == 0x2E || byte == 0x5F || byte == 0x3A
                    || byte == 0x2D
            }
    }

    static func isType(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let first = text.first, (0x41...0x5A).contains(first) else { return false }
        return text.count <= LedgerLimits.maxTypeBytes && text.allSatisfy(isAlphanumeric)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}
