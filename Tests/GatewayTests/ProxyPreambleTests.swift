import NIOCore
import Testing

@testable import chancery_gateway

@Suite struct ProxyPreambleTests {
    /// 192.0.2.7:56324 speaks to 198.51.100.1:443, as the specification lays it out.
    static let overIPv4: [UInt8] =
        ProxyPreamble.signature
        + [0x21, 0x11, 0, 12, 192, 0, 2, 7, 198, 51, 100, 1, 0xDC, 0x04, 0x01, 0xBB]
    private static let overIPv6: [UInt8] =
        ProxyPreamble.signature + [0x21, 0x21, 0, 36]
        + [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7]
        + [UInt8](repeating: 0, count: 15) + [1, 0xDC, 0x04, 0x01, 0xBB]

    private static func read(_ bytes: [UInt8]) throws -> (ProxyPreamble?, rest: Int) {
        var buffer = ByteBuffer(bytes: bytes)
        let preamble = try ProxyPreamble.read(&buffer)
        return (preamble, buffer.readableBytes)
    }

    @Test func theClientIsWhomTheProxySpeaksFor() throws {
        for (bytes, address) in [(Self.overIPv4, "192.0.2.7"), (Self.overIPv6, "2001:db8::7")] {
            let (preamble, rest) = try Self.read(bytes + [0x16, 0x03])
            let expected = try SocketAddress(ipAddress: address, port: 56_324)
            #expect(preamble == .client(expected))
            #expect(rest == 2)
            for count in 0..<bytes.count {
                let (early, left) = try Self.read(Array(bytes.prefix(count)))
                #expect(early == nil && left == count)
            }
        }
    }

    @Test func whatFollowsTheAddressesIsPassedOver() throws {
        var bytes = Self.overIPv4 + [0x20, 0, 5, 1, 0, 0, 0, 0]
        bytes[15] = 20
        let (preamble, rest) = try Self.read(bytes)
        #expect(preamble != nil && rest == 0)
    }

    @Test func aProbeOfTheProxyIsItsOwn() throws {
        let local = ProxyPreamble.signature + [0x20, 0, 0, 0]
        #expect(try Self.read(local).0 == .proxyItself)
        let unknown = ProxyPreamble.signature + [0x21, 0, 0, 0]
        #expect(try Self.read(unknown).0 == .proxyItself)
    }

    @Test func whatIsNoPreambleIsRefusedAtItsFirstWrongByte() throws {
        let bytes = Self.overIPv4
        var cases = (0..<12).map { index in
            var changed = Array(bytes.prefix(index + 1))
            changed[index] ^= 1
            return changed
        }
        for (index, value) in [
            (12, 0x11), (12, 0x22), (13, 0x12), (13, 0x31), (13, 0xFF), (15, 11),
        ] {
            var changed = bytes
            changed[index] = UInt8(value)
            cases.append(changed)
        }
        // The text form, version 1, is not taken; nor is one that would have to be kept for long.
        cases += [
            Array("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n".utf8), [0x16, 0x03, 0x01],
            ProxyPreamble.signature + [0x21, 0x11, 0xFF, 0xFF],
        ]
        for bytes in cases {
            #expect(throws: ProxyPreambleError.self, "\(bytes)") { try Self.read(bytes) }
        }
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
        ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false),
        ("192.0.2.0/25", "192.0.2.127", true), ("192.0.2.0/25", "192.0.2.128", false),
        ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false),
        ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false), ("::1", "::1", true),
        ("10.0.0.0/8", "::ffff:10.1.2.3", true),
    ])
    func aRangeHasTheAddressesOfItsPrefix(range: String, address: String, has: Bool) throws {
        let range = try #require(AddressRange(range))
        #expect(range.contains(try SocketAddress(ipAddress: address, port: 1)) == has)
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.1/8", "proxy",
        "10.0.0.0/8/8", "::1/129", "fd00::1/8", "10.0.0.0/ 8",
    ])
    func whatIsNoRangeIsRefused(text: String) {
        #expect(AddressRange(text) == nil)
    }
}
