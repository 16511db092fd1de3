// FORMAT 1: RFC 8785 (JCS) restricted to integers 0 … 2^53 − 1, depth ≤ 16.
//   no white space · members sorted by the UTF-16 code units of their names, none twice
//   strings escape only `"`, `\`, and U+0000–U+001F as \b \t \n \f \r or \u00xx (lower case)
// There is one text per value, so the reader accepts exactly what the writer writes.
//
// Writer: CanonicalJSON+Writing.swift. Reader: CanonicalJSON+Reading.swift.

/// Canonical JSON: values, writer, strict reader.
public enum CanonicalJSON {
    /// `==` on values follows Swift's strings, which hold composed and decomposed text equal;
    /// compare written bytes where that matters.
    public indirect enum Value: Sendable, Equatable {
        case null
        case bool(Bool)
        case integer(UInt64)
        case string(String)
        case array([Value])
        /// Members in any order; the writer sorts them.
        case object([Member])
    }

    public struct Member: Sendable, Equatable {
        public let name: String
        public let value: Value

        public init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    /// RFC 8785 section 3.2.3. Differs from the order of UTF-8 bytes beyond the basic plane.
    static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf16.lexicographicallyPrecedes(right.utf16)
    }
}

extension CanonicalJSON.Value {
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    public var integer: UInt64? {
        if case .integer(let value) = self { value } else { nil }
    }

    public var array: [CanonicalJSON.Value]? {
        if case .array(let value) = self { value } else { nil }
    }

    public var members: [CanonicalJSON.Member]? {
        if case .object(let value) = self { value } else { nil }
    }

    public var isNull: Bool { self == .null }

    /// The member's value; nil when this is no object or has no such member.
    public subscript(name: String) -> CanonicalJSON.Value? {
        members?.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }
}
