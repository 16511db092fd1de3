import CIDN2
import Foundation

/// An email address in the one form under which it is indexed: two spellings of one mailbox are one value.
///
/// The rule, in order:
/// 1. NFC; white space at both ends removed.
/// 2. Exactly one `@`. Quoted local parts (`"a b"@…`) and address literals (`…@[192.0.2.1]`) are refused.
/// 3. Local part: lower-cased (Unicode, no locale) and NFC again; 1…64 bytes; a dot-atom of RFC 5322 `atext`
///    or non-ASCII letters, marks, numbers and symbols (RFC 6531); no dot first, last or twice running.
/// 4. Domain: to A-labels (IDNA2008 lookup with UTS 46 mapping, NFC, nontransitional), lower case; at least two labels of
///    letters, digits and hyphens, 1…63 bytes each; the last one not all digits; no dot at the end.
/// 5. At most 254 bytes in all.
///
/// Lower-casing the local part is a choice: RFC 5321 lets a host tell `Jane` from `jane`, practically none does.
public struct EmailAddress: Hashable, Sendable {
    /// The canonical form; the local part may hold non-ASCII, the domain never does.
    public let canonical: String

    /// - Throws: `ValidationError` with code `invalid-email`, naming the rule that is broken.
    public init(_ raw: String) throws(ValidationError) {
        guard let text = TextRules.normalized(raw, max: ModelLimits.emailBytes) else {
            throw Self.error("is longer than 254 bytes")
        }
        guard !text.isEmpty else { throw Self.error("is empty") }
        // Scalars, not Characters: a combining mark after "@" must not hide it.
        let scalars = text.unicodeScalars
        if scalars.contains("\"") {
            throw Self.error("has a quoted local part, which is not accepted; use a plain address")
        }
        guard let at = scalars.firstIndex(of: "@") else {
            throw Self.error("has no @; write it as local@domain")
        }
        let rest = scalars[scalars.index(after: at)...]
        guard !rest.contains("@") else { throw Self.error("has more than one @") }
        let local = try Self.canonicalLocalPart(String(scalars[..<at]))
        let domain = try Self.canonicalDomain(String(rest))
        canonical = local + "@" + domain
        guard canonical.utf8.count <= ModelLimits.emailBytes else {
            throw Self.error("is longer than 254 bytes")
        }
    }

    private static func canonicalLocalPart(_ raw: String) throws(ValidationError) -> String {
        let lower = raw.lowercased()
        let local = ASCII.isAll(lower) ? lower : lower.precomposedStringWithCanonicalMapping
        guard !local.isEmpty else { throw error("has nothing before the @") }
        guard local.utf8.count <= ModelLimits.localPartBytes else {
            throw error("has more than 64 bytes before the @")
        }
        var afterDot = true
        for scalar in local.unicodeScalars {
            if scalar == "." {
                if afterDot { throw error("has a dot in the wrong place before the @") }
                afterDot = true
                continue
            }
            guard isLocal(scalar) else {
                throw error("has a character before the @ that is not allowed there")
            }
            afterDot = false
        }
        if afterDot { throw error("has a dot in the wrong place before the @") }
        return local
    }

    private static func isLocal(_ scalar: Unicode.Scalar) -> Bool {
        if let byte = UInt8(exactly: scalar.value), byte < 0x80 {
            return ASCII.isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator, .spaceSeparator:
            return false
        default: return !scalar.properties.isWhitespace
        }
    }

    private static func canonicalDomain(_ raw: String) throws(ValidationError) -> String {
        guard !raw.isEmpty else { throw error("has nothing after the @") }
        if raw.hasPrefix("[") { throw error("has an address in brackets; use a domain name") }
        let domain =
            if let plain = plainDomain(raw) { plain } else { try aLabels(raw).lowercased() }
        guard domain.utf8.count <= 253 else { throw error("has a domain of more than 253 bytes") }
        let labels = domain.utf8.split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, let last = labels.last else {
            throw error("has a domain without a dot; write the full domain name")
        }
        for label in labels {
            guard (1...63).contains(label.count) else {
                throw error("has a part of the domain that is empty or longer than 63 bytes")
            }
            guard label.allSatisfy({ ASCII.isLower($0) || ASCII.isDigit($0) || $0 == 0x2D }),
                label.first != 0x2D, label.last != 0x2D
            else { throw error("has a domain with characters that domain names do not have") }
        }
        guard !last.allSatisfy(ASCII.isDigit) else {
            throw error("has a domain that ends in a number; use a domain name")
        }
        return domain
    }

    /// A domain of letters, digits and single hyphens is its own A-label form in lower case; nil for any other. (Labels with `--`
    /// may be A-labels, which IDNA checks.)
    static func plainDomain(_ raw: String) -> String? {
        var previous: UInt8 = 0
        for byte in raw.utf8 {
            guard ASCII.isAlphanumeric(byte) || byte == 0x2E || byte == 0x2D && previous != 0x2D
            else { return nil }
            previous = byte
        }
        return raw.lowercased()
    }

    static func aLabels(_ raw: String) throws(ValidationError) -> String {
        // A zero byte would end the C string early and hide what follows it.
        guard !raw.utf8.contains(0) else { throw error("has a control character in the domain") }
        var output: UnsafeMutablePointer<UInt8>?
        let flags = CInt(IDN2_NFC_INPUT.rawValue | IDN2_NONTRANSITIONAL.rawValue)
        let code = raw.withCString(encodedAs: UTF8.self) { idn2_lookup_u8($0, &output, flags) }
        guard code == IDN2_OK.rawValue, let output else {
            throw error("has a domain that is not a valid (international) domain name")
        }
        defer { idn2_free(output) }
        return String(decodingCString: output, as: UTF8.self)
    }

    private static func error(_ what: String) -> ValidationError {
        ValidationError(.invalidEmail, "The email address \(what).")
    }
}
