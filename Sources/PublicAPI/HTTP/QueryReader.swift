import ContactServices
import Hummingbird
import LedgerFormat

/// Takes query parameters by name: each once, none unknown. Values are percent-decoded; `+` stands for itself (RFC 3986).
struct QueryReader {
    private var values: [String: String] = [:]

    /// - Throws: `invalid-parameter` for one that is given twice or is not in `names`, and for a value that is not percent-encoded
    ///   UTF-8.
    init(_ request: Request, _ names: Set<String>) throws(ServiceError) {
        for part in (request.uri.query ?? "").split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(pair[0])
            guard names.contains(name) else { throw Self.unknown(names) }
            guard let value = Self.decoded((pair.dropFirst().first ?? "").utf8) else {
                throw ServiceError(
                    .invalidParameter, "\(name) is not UTF-8 in percent-encoding (RFC 3986).")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw ServiceError(.invalidParameter, "Give \(name) once.")
            }
        }
    }

    private static func unknown(_ names: Set<String>) -> ServiceError {
        ServiceError(
            .invalidParameter,
            names.isEmpty
                ? "This resource takes no query."
                : "The query takes \(names.sorted().joined(separator: " and ")) only.")
    }

    private static func decoded(_ text: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(JSONReader.hex),
                let low = rest.popFirst().flatMap(JSONReader.hex)
            else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return String(validating: bytes, as: UTF8.self)
    }

    func text(_ name: String) throws(ServiceError) -> String {
        guard let value = values[name], !value.isEmpty else {
            throw ServiceError(.missingParameter, "The query parameter \(name) is missing.")
        }
        return value
    }

    func optionalText(_ name: String) -> String? { values[name] }

    func integer(_ name: String) throws(ServiceError) -> UInt64 {
        try Self.integer(try text(name), name)
    }

    func optionalInteger(_ name: String) throws(ServiceError) -> UInt64? {
        guard let value = values[name] else { return nil }
        return try Self.integer(value, name)
    }

    /// Plain decimal below 2^53, without sign or leading zeros.
    static func integer(_ text: String, _ name: String) throws(ServiceError) -> UInt64 {
        guard text.utf8.count <= 16, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let value = UInt64(text), String(value) == text, value <= LedgerLimits.maxInteger
        else {
            throw ServiceError(
                .invalidParameter, "\(name) is a whole number from 0 to 9007199254740991.")
        }
        return value
    }
}
