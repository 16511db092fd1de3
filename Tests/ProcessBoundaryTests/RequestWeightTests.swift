import NIOCore
import SwiftProtobuf
import TestSupport
import Testing

@testable import ProcessBoundary

/// What a request would grow to is known before it is parsed.
@Suite(.timeLimit(.minutes(2))) struct RequestWeightTests {
    @Test func everyRepeatedFieldOfTheSchemaIsCounted() throws {
        let schema = try SchemaText()
        #expect(schema.shape(of: "KeeperRequest") == WireKeeperRequest.shape)
        #expect(schema.shape(of: "LedgerRequest") == WireLedgerRequest.shape)
        #expect(!WireKeeperRequest.shape.fields.isEmpty && !WireLedgerRequest.shape.fields.isEmpty)
    }

    /// A field of `number` that holds `bytes`.
    static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        var rest = bytes.count
        while rest >= 0x80 {
            length.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return [number << 3 | 2] + length + [UInt8(rest)] + bytes
    }

    /// 8 million empty items of 2 bytes, on every path that has items.
    @Test(arguments: [[1, 2], [1, 3], [2, 2], [3, 2], [10, 3], [14, 1]] as [[UInt8]])
    func aFrameFullOfEmptyItemsIsRefusedUnparsed(path: [UInt8]) async throws {
        let directory = try TestDirectory()
        let handled = Counter()
        let server = try await Server.start(socketPath: directory.socket, group: group) { request in
            handled.add()
            return echo(request)
        }
        let empty = [UInt8](repeating: 0, count: 16_000_000).enumerated().map { offset, zero in
            offset.isMultiple(of: 2) ? path[1] << 3 | 2 : zero
        }
        var frame = ByteBuffer()
        FrameCodec.encode([FrameMessage(id: 1, body: Self.field(path[0], empty))], into: &frame)
        let hostile = frame
        let answer = try await withRawPeer(directory.socket) { inbound, outbound in
            try await outbound.write(hostile)
            for try await part in inbound { return part }
            return ByteBuffer()
        }
        var reply = answer
        let message = try #require(try FrameCodec(.standard).decode(buffer: &reply)?.first)
        let fault = try #require(try WireKeeperResponse(serializedBytes: message.body).refusal)
        #expect(fault.code == .invalid)
        #expect(fault.message.contains("items"))
        #expect(handled.value == 0)
        await server.close()
    }

    @Test func nestedItemsCountToo() throws {
        let tags = Self.field(1, (0..<5_000).flatMap { _ in Self.field(1, []) })
        let prepare = Self.field(1, Self.field(2, tags))
        #expect(try WireLedgerRequest(serializedBytes: prepare).prepare.items.count == 1)
        #expect(WireLedgerRequest.weigh(prepare, .standard) == .tooManyElements)
    }

    @Test func theLargestHonestRequestsPass() throws {
        let sign = WireKeeperRequest.with {
            $0.signTree.leafHashes = .init(repeating: .init(repeating: 7, count: 32), count: 65_536)
        }
        let bare = WireLedgerRequest.with {
            $0.prepare.items = .init(repeating: .init(), count: 4_096)
        }
        #expect(WireKeeperRequest.weigh(try sign.serializedBytes(), .standard) == .fits)
        #expect(WireLedgerRequest.weigh(try bare.serializedBytes(), .standard) == .fits)
    }

    /// Counter and parser read the same bytes the same way: whatever the parser accepts, the counter
    /// found neither fewer items in it, nor malformed.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func counterNeverFindsFewerItemsThanTheParser(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let honest: [UInt8] = try WireKeeperRequest.with {
            $0.encrypt.items = (0..<6).map { number in
                .with {
                    $0.binding.subject = .init(repeating: UInt8(number), count: 16)
                    $0.plaintext = .init(repeating: 1, count: number * 40)
                }
            }
        }.serializedBytes()
        var parsed = 0
        for _ in 0..<20_000 {
            var body = honest
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0..<body.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: body[at] = .random(in: 0...255, using: &random)
                case 1: body.insert(.random(in: 0...255, using: &random), at: at)
                case 2: body.removeSubrange(at..<min(at + 3, body.count - 1))
                default: body += Self.field(2, Self.field(2, Array(body.prefix(at))))
                }
            }
            guard let request = try? WireKeeperRequest(serializedBytes: body) else { continue }
            parsed += 1
            let items =
                switch request.operation {
                case .encrypt(let encrypt): encrypt.items.count
                case .decrypt(let decrypt): decrypt.items.count
                case .derive(let derive): derive.indexInputs.count + derive.idempotencyInputs.count
                default: 0
                }
            guard items > 0 else { continue }
            let enough = FrameLimits.with {
                $0.freeElementsPerRequest = items - 1
                $0.maxElementsPerRequest = items - 1
            }
            #expect(
                WireKeeperRequest.weigh(body, enough) != .fits, "seed \(seed): \(body)")
        }
        #expect(parsed > 100)
    }
}
