import Glibc
import SwiftASN1
import X509

/// Names under which clients reach the gateway: DNS names and addresses, the loopback's among them.
struct ServerNames: Sendable {
    private(set) var all: [GeneralName] = [
        .dnsName("localhost"),
        .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
        .ipAddress(ASN1OctetString(contentBytes: ([UInt8](repeating: 0, count: 15) + [1])[...])),
    ]

    init() {}

    /// - Throws: `badInput` for what is neither a DNS name nor an address.
    init(_ texts: [String]) throws(OperatorError) {
        for text in texts { add(try Self.name(text)) }
    }

    init(of certificate: Certificate) {
        for name in (try? certificate.extensions.subjectAlternativeNames) ?? .init() { add(name) }
    }

    func adding(_ others: ServerNames?) -> ServerNames {
        var result = self
        for name in others?.all ?? [] { result.add(name) }
        return result
    }

    func covers(_ others: ServerNames) -> Bool { others.all.allSatisfy(all.contains) }

    private mutating func add(_ name: GeneralName) { if !all.contains(name) { all.append(name) } }

    private static func name(_ text: String) throws(OperatorError) -> GeneralName {
        var (four, six) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, text, &four) == 1 {
            return withUnsafeBytes(of: four) {
                .ipAddress(ASN1OctetString(contentBytes: Array($0)[...]))
            }
        }
        if inet_pton(AF_INET6, text, &six) == 1 {
            return withUnsafeBytes(of: six) {
                .ipAddress(ASN1OctetString(contentBytes: Array($0)[...]))
            }
        }
        // RFC 1123, section 2.1.
        let isName =
            text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { byte in
                        byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte)
                            || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    }
            }
        guard isName else {
            throw OperatorError(
                .badInput, "\(text) is neither a DNS name nor an address.",
                next: "Write it as clients will: audit.example.org, 192.0.2.7, 2001:db8::7.")
        }
        return .dnsName(text.lowercased())
    }
}
