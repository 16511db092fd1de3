import NIOCore

// A frame:
//
//     UInt32, big endian    n, the number of bytes that follow, 1 ... 16 MiB
//     n bytes               protobuf `Frame` (frames.proto)
//
// and a `Frame`, in protobuf's wire format, is any number of
//
//     0x0A varint(m)                      field 1, length-delimited: a `Message` of m bytes
//         0x09 UInt64, little endian      field 1, fixed64: id
//         0x12 varint(b), b bytes         field 2, length-delimited: body
//
// The envelope is read and written here by hand rather than through SwiftProtobuf: the number of messages must be
// bounded *while* decoding (a 16 MiB frame of empty messages would otherwise become 8 million structs), and it
// saves a copy of each body. Other fields, other wire types and repeated members are refused: both ends are ours.

/// One call or one reply: `body` is a serialized request or response.
struct FrameMessage: Sendable, Equatable {
    var id: UInt64
    var body: [UInt8]
}

/// Why a peer's bytes were refused. The connection is closed; there is no way to find the next frame.
enum FrameProtocolError: Error, Equatable, CustomStringConvertible {
    case frameLength(Int, max: Int)
    case tooManyMessages(max: Int)
    case envelope(String)
    case halfFrame
    case stalledWrite
    case untakenReplies(Int, max: Int)

    var description: String {
        switch self {
        case .frameLength(let length, let max): "frame length \(length) is not in 1...\(max)"
        case .tooManyMessages(let max): "more than \(max) messages in one frame"
        case .envelope(let what): "malformed frame: \(what)"
        case .halfFrame: "a frame was begun and not ended in time"
        case .stalledWrite: "the peer does not read"
        case .untakenReplies(let bytes, let max):
            "the peer leaves \(bytes) bytes of replies lying, more than \(max)"
        }
    }
}

struct FrameCodec: NIOSingleStepByteToMessageDecoder {
    typealias InboundOut = [FrameMessage]

    static let lengthBytes = 4
    /// Tag and length of the message, tag and id, tag and length of the body, for the largest body.
    static let maxEnvelopeBytes = 1 + 5 + 1 + 8 + 1 + 5

    private static let messageTag: UInt8 = 0x0A
    private static let idTag: UInt8 = 0x09
    private static let bodyTag: UInt8 = 0x12

    let maxFrameBytes: Int
    let maxMessages: Int

    init(_ limits: FrameLimits) {
        maxFrameBytes = limits.maxFrameBytes
        maxMessages = limits.maxMessagesPerFrame
    }

    /// - Throws: ``FrameProtocolError``, before anything is reserved for the frame.
    func decode(buffer: inout ByteBuffer) throws -> [FrameMessage]? {
        guard let prefix = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else {
            return nil
        }
        let length = Int(prefix)
        guard length >= 1, length <= maxFrameBytes else {
            throw FrameProtocolError.frameLength(length, max: maxFrameBytes)
        }
        guard buffer.readableBytes >= Self.lengthBytes + length else { return nil }
        buffer.moveReaderIndex(forwardBy: Self.lengthBytes)
        guard var frame = buffer.readSlice(length: length) else { return nil }
        return try messages(in: &frame)
    }

    /// Bytes left when the peer goes away are half a frame: nothing to deliver.
    func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> [FrameMessage]? {
        try decode(buffer: &buffer)
    }

    private func messages(in frame: inout ByteBuffer) throws(FrameProtocolError) -> [FrameMessage] {
        var messages: [FrameMessage] = []
        while let tag = frame.readInteger(as: UInt8.self) {
            guard tag == Self.messageTag else { throw .envelope("unknown field") }
            guard let length = frame.readVarint(max: maxFrameBytes),
                var slice = frame.readSlice(length: length)
            else { throw .envelope("message reaches past the frame") }
            guard messages.count < maxMessages else { throw .tooManyMessages(max: maxMessages) }
            messages.append(try message(in: &slice))
        }
        return messages
    }

    /// Members may stand in either order and may be absent (protobuf leaves out zero and empty), but not twice.
    private func message(in slice: inout ByteBuffer) throws(FrameProtocolError) -> FrameMessage {
        var id: UInt64?
        var body: [UInt8]?
        while let tag = slice.readInteger(as: UInt8.self) {
            switch tag {
            case Self.idTag where id == nil:
                id = slice.readInteger(endianness: .little)
                guard id != nil else { throw .envelope("id is cut off") }
            case Self.bodyTag where body == nil:
                guard let length = slice.readVarint(max: maxFrameBytes),
                    let bytes = slice.readBytes(length: length)
                else { throw .envelope("body reaches past its message") }
                body = bytes
            default: throw .envelope("unknown or repeated field in a message")
            }
        }
        return FrameMessage(id: id ?? 0, body: body ?? [])
    }

    /// Bytes that a message takes inside a frame.
    static func encodedSize(bodyBytes: Int) -> Int {
        let inner = 1 + 8 + 1 + varintSize(bodyBytes) + bodyBytes
        return 1 + varintSize(inner) + inner
    }

    /// Appends one frame. The caller keeps to the limits.
    static func encode(_ messages: some Collection<FrameMessage>, into buffer: inout ByteBuffer) {
        let length = messages.reduce(0) { $0 + encodedSize(bodyBytes: $1.body.count) }
        buffer.reserveCapacity(minimumWritableBytes: lengthBytes + length)
        buffer.writeInteger(UInt32(truncatingIfNeeded: length))
        for message in messages {
            let count = message.body.count
            buffer.writeInteger(messageTag)
            buffer.writeVarint(1 + 8 + 1 + varintSize(count) + count)
            buffer.writeInteger(idTag)
            buffer.writeInteger(message.id, endianness: .little)
            buffer.writeInteger(bodyTag)
            buffer.writeVarint(count)
            buffer.writeBytes(message.body)
        }
    }

    static func varintSize(_ value: Int) -> Int {
        var rest = value >> 7
        var size = 1
        while rest > 0 {
            rest >>= 7
            size += 1
        }
        return size
    }
}

extension ByteBuffer {
    /// A protobuf varint of at most 5 bytes whose value is at most `max`; nil otherwise.
    fileprivate mutating func readVarint(max: Int) -> Int? {
        var value = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            guard let byte = readInteger(as: UInt8.self) else { return nil }
            value |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value <= max ? value : nil }
        }
        return nil
    }

    fileprivate mutating func writeVarint(_ value: Int) {
        var rest = value
        while rest >= 0x80 {
            writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        writeInteger(UInt8(truncatingIfNeeded: rest))
    }
}
