import ContactServices
import Hummingbird

/// Takes query parameters by name: each once, none unknown.
struct QueryReader {
    private var values: [String: String] = [:]

    /// - Throws: `invalid-parameter` for one that is given twice or is not in `names`.
    init(_ request: Request, _ names: Set<String>) throws(ServiceError) {
        for (key, value) in request.uri.queryParameters {
            let name = String(key)
            guard names.contains(name) else {
                throw ServiceError(
                    .invalidParameter,
                    "The query takes \(names.sorted().joined(separator: " and ")) only.")
            }
            guard values.updateValue(String(value), forKey: name) == nil else {
                throw ServiceError(.invalidParameter, "Give \(name) once.")
            }
        }
    }

    func text(_ name: String) throws(ServiceError) -> String {
        guard let value = values[name], !value.isEmpty else {
            throw ServiceError(.missingParameter, "The query parameter \(name) is missing.")
        }
        return value
    }

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
            let value = UInt64(text), String(value) == text, value <= APILimits.maxInteger
        else {
            throw ServiceError(
                .invalidParameter, "\(name) is a whole number from 0 to 9007199254740991.")
        }
        return value
    }
}
