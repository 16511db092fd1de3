import TestSupport

/// Bytes that a taken-over or broken peer might send. The layout of a frame is at the head of `FrameCodec.swift`.
enum HostileFrames {
    /// A length prefix and what follows.
    static func frame(_ content: [UInt8]) -> [UInt8] { bigEndian(UInt32(content.count)) + content }

    /// A call: id and body in their envelope.
    static func call(id: UInt8, body: [UInt8]) -> [UInt8] {
        let message = [0x09, id, 0, 0, 0, 0, 0, 0, 0, 0x12] + varint(body.count) + body
        return [0x0A] + varint(message.count) + message
    }

    static let all: [(name: String, bytes: [UInt8])] = [
        ("length 0", bigEndian(0)),
        ("length 2^32 - 1", bigEndian(.max)),
        ("a byte more than the limit", bigEndian((16 << 20) + 1)),
        ("half a length", [0, 0]),
        ("half a frame", bigEndian(100) + [0x0A]),
        ("16 MiB announced, one byte sent", bigEndian(16 << 20) + [0x0A]),
        ("unknown field", frame([0x1A, 1, 0])),
        ("message past its frame", frame([0x0A, 0x7F, 0])),
        ("body past its message", frame([0x0A, 4, 0x12, 0x7F, 0, 0])),
        ("endless varint", frame([0x0A] + [UInt8](repeating: 0xFF, count: 64))),
        (
            "repeated id",
            frame([0x0A, 18] + [0x09, 1, 0, 0, 0, 0, 0, 0, 0] + [0x09, 1, 0, 0, 0, 0, 0, 0, 0])
        ),
        ("two calls with one id", frame(call(id: 1, body: [0xFF]) + call(id: 1, body: [0xFF]))),
        (
            "empty messages beyond the limit",
            frame(Array(repeatElement([0x0A, 0], count: 4_097).joined()))
        ),
        ("body that does not parse", frame(call(id: 1, body: [0xFF, 0xFF, 0xFF]))),
        ("no operation", frame(call(id: 1, body: []))),
        ("a group that never ends", frame(call(id: 1, body: [0x0B]))),
        // 1 << 20 unknown fields, or items of a repeated one, in one request.
        (
            "a million fields",
            frame(call(id: 1, body: Array(repeatElement([0x0A, 0], count: 1 << 20).joined())))
        ),
        ("an HTTP request", Array("GET / HTTP/1.1\r\nHost: keeper\r\n\r\n".utf8)),
    ]

    /// Random bytes, in half of the cases behind a true length, in a quarter as the body of a call.
    static func random(_ generator: inout SeededGenerator) -> [UInt8] {
        let count = Int.random(in: 1...2_000, using: &generator)
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return bytes
        case 1: return frame(call(id: 7, body: bytes))
        default: return frame(bytes)
        }
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    private static func varint(_ value: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
