import NIOCore

/// Addresses that share a prefix: `10.1.0.0/16`, `fd00::/8`, or one address without a length (RFC 4632, RFC 4291).
struct AddressRange: Sendable, Equatable {
    private let prefix: [UInt8]
    private let length: Int

    /// - Returns: nil for anything else, and where bits behind the prefix are set: it is not what was meant.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first,
            let address = try? SocketAddress(ipAddress: String(first), port: 0),
            let bytes = address.ipBytes
        else { return nil }
        var length = bytes.count * 8
        if let digits = parts.dropFirst().first {
            guard let number = Int(digits), String(number) == digits, (0...length).contains(number)
            else {
                return nil
            }
            length = number
        }
        guard (length..<bytes.count * 8).allSatisfy({ !Self.bit($0, of: bytes) }) else {
            return nil
        }
        prefix = bytes
        self.length = length
    }

    func contains(_ address: SocketAddress) -> Bool {
        guard let bytes = address.ipBytes, bytes.count == prefix.count else { return false }
        return (0..<length).allSatisfy { Self.bit($0, of: bytes) == Self.bit($0, of: prefix) }
    }

    private static func bit(_ index: Int, of bytes: [UInt8]) -> Bool {
        bytes[index / 8] & (0x80 >> UInt8(index % 8)) != 0
    }
}

extension SocketAddress {
    /// 4 bytes, or 16; an IPv4 address that is written as an IPv6 one (RFC 4291, section 2.5.5.2) is what it is. Nil for a UNIX socket.
    var ipBytes: [UInt8]? {
        switch self {
        case .v4(let address):
            return withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
        case .v6(let address):
            let bytes = withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
            return bytes.starts(with: Self.mappedPrefix)
                ? Array(bytes.dropFirst(Self.mappedPrefix.count)) : bytes
        case .unixDomainSocket: return nil
        }
    }

    /// Numeric, in one spelling; nil for a UNIX socket.
    var canonicalIPAddress: String? {
        guard let bytes = ipBytes,
            let address = try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: 0)
        else { return nil }
        return address.ipAddress
    }

    private static let mappedPrefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
}
