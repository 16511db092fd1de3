import Foundation

/// What a vendor's answer comes with: whose it is, to which attempt, and the keeper's word that this vendor was asked. It counts once.
/// Text form: `VENDOR.ATTEMPT.CODE`, the code in base64url (RFC 4648, section 5) without padding.
public struct CallbackToken: Sendable, Equatable {
    public let vendor: String
    /// From 1.
    public let attempt: Int
    /// 32 bytes.
    let code: Data

    init(vendor: String, attempt: Int, code: Data) {
        self.vendor = vendor
        self.attempt = attempt
        self.code = code
    }

    /// Nil for what is none.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 3, let last = parts.last, let code = Self.decoded(last),
            code.count == 32, let attempt = Int(parts[parts.count - 2]),
            (1...99).contains(attempt), String(attempt) == parts[parts.count - 2]
        else { return nil }
        self.init(
            vendor: parts.dropLast(2).joined(separator: "."), attempt: attempt, code: code)
    }

    public var text: String {
        let code = code.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
        return "\(vendor).\(attempt).\(code)"
    }

    private static func decoded(_ text: Substring) -> Data? {
        guard text.utf8.count == 43, !text.contains(where: { "+/=".contains($0) }) else {
            return nil
        }
        return Data(
            base64Encoded: text.replacing("-", with: "+").replacing("_", with: "/") + "=")
    }
}
