import NIOCore
import SwiftProtobuf
import TestSupport
import Testing

@testable import ProcessBoundary

@Suite struct FrameCodecTests {
    let codec = FrameCodec(.standard)

    func frame(_ payload: [UInt8], length: UInt32? = nil) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(length ?? UInt32(payload.count))
        buffer.writeBytes(payload)
        return buffer
    }

    static let bodies: [[UInt8]] = [0, 1, 117, 118, 127, 128, 16_383, 16_384, 300_000].map { size in
        [UInt8](repeating: 0xA5, count: size)
    }

    @Test(arguments: bodies)
    func handWrittenEnvelopeIsWhatTheSchemaSays(body: [UInt8]) throws {
        let messages = [
            FrameMessage(id: 0, body: []), FrameMessage(id: .max, body: body),
            FrameMessage(id: 7, body: [1]),
        ]
        var buffer = ByteBuffer()
        FrameCodec.encode(messages, into: &buffer)
        var copy = buffer
        #expect(copy.readInteger(as: UInt32.self).map(Int.init) == copy.readableBytes)
        let generated = try WireFrame(serializedBytes: [UInt8](copy.readableBytesView))
        #expect(generated.messages.map(\.id) == messages.map(\.id))
        #expect(generated.messages.map { [UInt8]($0.body) } == messages.map(\.body))
        #expect(try codec.decode(buffer: &buffer) == messages)
        #expect(buffer.readableBytes == 0)
        // And what the generated code writes, which leaves out zeros, is read the same.
        var theirs = frame(try generated.serializedBytes())
        #expect(try codec.decode(buffer: &theirs) == messages)
    }

    @Test func sizeIsPredictedExactly() {
        for size in [0, 1, 100, 116, 117, 118, 119, 127, 128, 16_370, 16_383, 16_384, 70_000] {
            var buffer = ByteBuffer()
            FrameCodec.encode(
                [FrameMessage(id: 1, body: .init(repeating: 0, count: size))], into: &buffer)
            #expect(buffer.readableBytes == 4 + FrameCodec.encodedSize(bodyBytes: size))
            #expect(FrameCodec.encodedSize(bodyBytes: size) <= size + FrameCodec.maxEnvelopeBytes)
        }
    }

    @Test func everyPrefixOfAFrameWaitsForTheRest() throws {
        var whole = ByteBuffer()
        FrameCodec.encode([FrameMessage(id: 3, body: [1, 2, 3])], into: &whole)
        for length in 0..<whole.readableBytes {
            var part = try #require(whole.getSlice(at: 0, length: length))
            #expect(try codec.decode(buffer: &part) == nil)
            #expect(part.readableBytes == length)
        }
    }

    @Test(arguments: [0, 16 * 1_024 * 1_024 + 1, UInt32.max] as [UInt32])
    func impossibleLengthIsRefusedFromItsFourBytes(length: UInt32) {
        var buffer = frame([], length: length)
        #expect(throws: FrameProtocolError.self) { try codec.decode(buffer: &buffer) }
    }

    @Test(
        arguments: [
            [0xFF], [0x08, 0x01], [0x0A], [0x0A, 0x05, 0x09], [0x0A, 0x02, 0x09, 0x01],
            [0x0A, 0x02, 0x12, 0x05], [0x0A, 0x02, 0x1A, 0x00],
            [0x0A, 0x04, 0x12, 0x00, 0x12, 0x00],
            [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0x0A, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
            [0x0A, 0x02, 0x12, 0xFF, 0x0A, 0x00],
        ] as [[UInt8]])
    func malformedEnvelopeIsRefused(payload: [UInt8]) {
        var buffer = frame(payload)
        #expect(throws: FrameProtocolError.self) { try codec.decode(buffer: &buffer) }
    }

    @Test func tooManyTinyMessagesAreRefusedWhileCounting() {
        let payload = [[UInt8]](repeating: [0x0A, 0x00], count: 4_097).flatMap { $0 }
        var buffer = frame(payload)
        #expect(throws: FrameProtocolError.tooManyMessages(max: 4_096)) {
            try codec.decode(buffer: &buffer)
        }
        var fits = frame(Array(payload.dropLast(2)))
        #expect((try? codec.decode(buffer: &fits))?.count == 4_096)
    }

    /// Noise made of the envelope's own bytes, frames with a few bytes changed, and honest ones. Either an
    /// error, or what the generated code reads from the same bytes.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func hostileFramesAreRefusedOrReadAsTheSchemaSays(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var read = 0
        for _ in 0..<5_000 {
            let payload = Self.payload(&random)
            var buffer = frame(payload)
            guard let messages = try? codec.decode(buffer: &buffer) else { continue }
            read += 1
            #expect(buffer.readableBytes == 0)
            let schema = try #require(
                try? WireFrame(serializedBytes: payload), "seed \(seed): \(payload)")
            #expect(messages.map(\.id) == schema.messages.map(\.id), "seed \(seed): \(payload)")
            #expect(messages.map(\.body) == schema.messages.map { [UInt8]($0.body) })
        }
        #expect(read > 500)
    }

    static func payload(_ random: inout SeededGenerator) -> [UInt8] {
        if Int.random(in: 0..<4, using: &random) == 0 {
            return (0..<Int.random(in: 1...64, using: &random)).map { _ in
                let any = UInt8.random(in: .min ... .max, using: &random)
                return [0x0A, 0x09, 0x12, any].randomElement(using: &random) ?? any
            }
        }
        var buffer = ByteBuffer()
        let messages = (0..<Int.random(in: 1...5, using: &random)).map { _ in
            FrameMessage(
                id: .random(in: 0...UInt64.max, using: &random),
                body: (0..<Int.random(in: 0...200, using: &random)).map { _ in
                    .random(in: 0...255, using: &random)
                })
        }
        FrameCodec.encode(messages, into: &buffer)
        var payload = Array(buffer.readableBytesView.dropFirst(4))
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            payload[Int.random(in: 0..<payload.count, using: &random)] = .random(
                in: 0...255, using: &random)
        }
        return payload
    }

    /// The stream as a peer may cut it: any bytes at a time, lengths that lie, an end anywhere. What was whole
    /// before the lie arrives, nothing after it, and no more is ever kept than a frame may have.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func anyCutOfAStreamGivesTheSameFrames(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let limits = FrameLimits.with { $0.maxFrameBytes = 4_096 }
        for _ in 0..<200 {
            var stream = ByteBuffer()
            var expected: [FrameMessage] = []
            for number in 0..<Int.random(in: 1...8, using: &random) {
                let message = FrameMessage(
                    id: UInt64(number),
                    body: .init(repeating: 9, count: .random(in: 0...3_000, using: &random)))
                FrameCodec.encode([message], into: &stream)
                expected.append(message)
            }
            let lies = Bool.random(using: &random)
            if lies {
                stream.writeInteger(UInt32.random(in: 4_097...UInt32.max, using: &random))
                FrameCodec.encode([FrameMessage(id: 99, body: [])], into: &stream)
            }
            let processor = NIOSingleStepByteToMessageProcessor(
                FrameCodec(limits), maximumBufferSize: 4_096 + 4)
            var messages: [FrameMessage] = []
            var refused = false
            while stream.readableBytes > 0, !refused {
                let size = min(.random(in: 1...700, using: &random), stream.readableBytes)
                guard let part = stream.readSlice(length: size) else { break }
                do {
                    try processor.process(buffer: part) { messages += $0 }
                } catch {
                    refused = true
                }
                #expect(processor.unprocessedBytes <= 4_096 + 4)
            }
            #expect(messages == expected, "seed \(seed)")
            #expect(refused == lies, "seed \(seed)")
        }
    }

    @Test func batcherFillsFramesAndNeverOverfillsThem() throws {
        let limits = FrameLimits.with {
            $0.maxFrameBytes = 1_000
            $0.maxMessagesPerFrame = 10
        }
        let strict = FrameCodec(limits)
        var batcher = FrameBatcher(limits)
        let sizes = (0..<200).map { $0 * 37 % 900 } + Array(repeating: 0, count: 35)
        let messages = sizes.enumerated().map { index, size in
            FrameMessage(id: UInt64(index), body: .init(repeating: 1, count: size))
        }
        var frames = messages.compactMap { batcher.add($0, ByteBufferAllocator()) }
        if let last = batcher.finish(ByteBufferAllocator()) { frames.append(last) }
        var read: [FrameMessage] = []
        for var buffer in frames { read += try #require(try strict.decode(buffer: &buffer)) }
        #expect(read == messages)
        #expect(frames.count < messages.count)
    }

    @Test func limitsDoNotContradictEachOther() {
        #expect(FrameLimits.standard.contradiction() == nil)
        #expect(FrameLimits.with { $0.maxFrameBytes = 10 }.contradiction() != nil)
        #expect(FrameLimits.with { $0.maxQueuedBytes = 1 }.contradiction() != nil)
        #expect(FrameLimits.with { $0.maxInFlightBytesPerConnection = 1 }.contradiction() != nil)
        #expect(FrameLimits.with { $0.maxInFlightPerConnection = 0 }.contradiction() != nil)
        #expect(FrameLimits.with { $0.firstBackoff = .seconds(9) }.contradiction() != nil)
    }
}
