import NIOCore

/// The preamble of the PROXY protocol, version 2 (haproxy, "The PROXY protocol", section 2.2), with which a proxy that passes TLS through says
/// who connected to it:
///
///     0..12   signature 0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A
///     12      version 2 in the high half; command in the low one: 0 LOCAL (the proxy itself, a probe), 1 PROXY
///     13      address family in the high half: 0 unspecified, 1 IPv4, 2 IPv6, 3 UNIX; transport in the low one: 1 stream
///     14..16  length of the rest, big-endian
///     16..    source and destination address, source and destination port; then TLVs, which are passed over
enum ProxyPreamble: Equatable {
    /// The client that the proxy speaks for.
    case client(SocketAddress)
    /// The proxy speaks for itself, or does not know.
    case proxyItself

    static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
    private static let fixedBytes = 16
    /// Of addresses and TLVs: those of common proxies (authority, unique id, a certificate's name) are some hundred bytes.
    static let maxRestBytes = 2_048

    /// Takes the preamble off the front of `buffer`.
    ///
    /// - Returns: nil as long as it has not all come; nothing is taken then.
    /// - Throws: `ProxyPreambleError` as soon as it is seen to be none.
    static func read(_ buffer: inout ByteBuffer) throws(ProxyPreambleError) -> ProxyPreamble? {
        let known = min(buffer.readableBytes, signature.count)
        guard buffer.readableBytesView.prefix(known).elementsEqual(signature.prefix(known)) else {
            throw ProxyPreambleError("there is none")
        }
        let start = buffer.readerIndex
        guard let command: UInt8 = buffer.getInteger(at: start + 12),
            let family: UInt8 = buffer.getInteger(at: start + 13),
            let length: UInt16 = buffer.getInteger(at: start + 14)
        else { return nil }
        guard Int(length) <= maxRestBytes else { throw ProxyPreambleError("it is too long") }
        guard command >> 4 == 2, command & 0x0F <= 1 else {
            throw ProxyPreambleError("its version or command is unknown")
        }
        guard buffer.readableBytes >= fixedBytes + Int(length),
            buffer.readSlice(length: fixedBytes) != nil,
            let rest = buffer.readSlice(length: Int(length))
        else { return nil }
        if command & 0x0F == 0 { return .proxyItself }
        switch family {
        case 0x00: return .proxyItself
        case 0x11: return .client(try source(in: rest, bytes: 4))
        case 0x21: return .client(try source(in: rest, bytes: 16))
        default: throw ProxyPreambleError("it tells of no TCP connection")
        }
    }

    /// - Parameter count: of each of the two addresses.
    private static func source(
        in rest: ByteBuffer, bytes count: Int
    ) throws(ProxyPreambleError) -> SocketAddress {
        var rest = rest
        guard rest.readableBytes >= 2 * count + 4, let packed = rest.readSlice(length: count),
            rest.readSlice(length: count) != nil, let port = rest.readInteger(as: UInt16.self),
            let address = try? SocketAddress(packedIPAddress: packed, port: Int(port))
        else { throw ProxyPreambleError("its addresses are cut short") }
        return address
    }
}

/// Why what came is no preamble.
struct ProxyPreambleError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
