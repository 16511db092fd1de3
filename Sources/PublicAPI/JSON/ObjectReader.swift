import ContactModel
import ContactServices

/// Takes the members of one JSON object by name and type, and refuses what is left over.
///
/// `null` counts as absent. Errors carry the RFC 6901 pointer of the field.
struct ObjectReader {
    /// Names are distinct: the JSON reader saw to it.
    private var members: [JSONMember]
    let pointer: String

    /// - Throws: `not-an-object`.
    init(_ value: JSONValue, at pointer: String = "") throws(ServiceError) {
        guard case .object(let list) = value else {
            throw ServiceError(
                .notAnObject, "Expected a JSON object, found \(value.typeName).",
                pointer: pointer.isEmpty ? nil : pointer)
        }
        self.pointer = pointer
        members = list
    }

    private func path(_ name: String) -> String { pointer + "/" + name }

    /// The value, or nil for absent and null; either way it counts as known.
    private mutating func take(_ name: String) -> JSONValue? {
        // Byte for byte: to `==` the Kelvin sign is a K.
        let index = members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
        guard let index else { return nil }
        let value = members.remove(at: index).value
        if case .null = value { return nil }
        return value
    }

    private func wrongType(_ name: String, _ expected: String, _ value: JSONValue) -> ServiceError {
        ServiceError(
            .wrongType, "\(name) is \(expected), not \(value.typeName).", pointer: path(name))
    }

    private func missing(_ name: String) -> ServiceError {
        ServiceError(.missingField, "\(name) is missing.", pointer: path(name))
    }

    mutating func optionalString(_ name: String) throws(ServiceError) -> String? {
        guard let value = take(name) else { return nil }
        guard case .string(let text) = value else { throw wrongType(name, "a string", value) }
        return text
    }

    mutating func string(_ name: String) throws(ServiceError) -> String {
        guard let text = try optionalString(name) else { throw missing(name) }
        return text
    }

    mutating func number(_ name: String) throws(ServiceError) -> Double {
        guard let value = take(name) else { throw missing(name) }
        switch value {
        case .integer(let number): return Double(number)
        case .decimal(let number): return number
        default: throw wrongType(name, "a number", value)
        }
    }

    /// Nil: absent.
    mutating func optionalInteger(_ name: String) throws(ServiceError) -> Int? {
        guard let value = take(name) else { return nil }
        switch value {
        case .integer(let number): return Int(clamping: number)
        case .decimal(let number):
            // 3.0 is an integer to JSON Schema, too.
            if let whole = Int(exactly: number) { return whole }
        default: break
        }
        throw wrongType(name, "an integer", value)
    }

    /// Of a field that has no place beside another one: `null` counts as absent, anything else is left over.
    mutating func skipNull(_ name: String) {
        members.removeAll { member in
            guard case .null = member.value else { return false }
            return member.name.utf8.elementsEqual(name.utf8)
        }
    }

    /// - Parameter limit: of more, only one more is read: enough for the model to refuse.
    mutating func strings(_ name: String, limit: Int) throws(ServiceError) -> [String] {
        guard let texts = try optionalStrings(name, limit: limit) else { throw missing(name) }
        return texts
    }

    /// Nil: absent.
    mutating func optionalStrings(
        _ name: String, limit: Int
    ) throws(ServiceError) -> [String]? {
        guard let value = take(name) else { return nil }
        guard case .array(let values) = value else { throw wrongType(name, "an array", value) }
        var texts: [String] = []
        for (index, element) in values.prefix(limit + 1).enumerated() {
            guard case .string(let text) = element else {
                throw wrongType("\(name)/\(index)", "a string", element)
            }
            texts.append(text)
        }
        return texts
    }

    /// The elements of an array of objects; none when it is absent.
    ///
    /// - Parameter limit: of more, only one more is read: enough for the model to refuse.
    mutating func objects(_ name: String, limit: Int) throws(ServiceError) -> [ObjectReader] {
        guard let value = take(name) else { return [] }
        guard case .array(let values) = value else { throw wrongType(name, "an array", value) }
        var readers: [ObjectReader] = []
        for (index, element) in values.prefix(limit + 1).enumerated() {
            guard case .object = element else {
                throw wrongType("\(name)/\(index)", "an object", element)
            }
            readers.append(try ObjectReader(element, at: path("\(name)/\(index)")))
        }
        return readers
    }

    mutating func object(_ name: String) throws(ServiceError) -> ObjectReader {
        guard let value = take(name) else { throw missing(name) }
        guard case .object = value else { throw wrongType(name, "an object", value) }
        return try ObjectReader(value, at: path(name))
    }

    /// - Throws: `unknown-field`, naming the first in alphabetical order.
    func finish() throws(ServiceError) {
        guard let unknown = members.map(\.name).min() else { return }
        let escaped = unknown.replacing("~", with: "~0").replacing("/", with: "~1")
        throw ServiceError(
            .unknownField, "There is no such field here; check its spelling or leave it out.",
            pointer: path(String(escaped.prefix(64))))
    }

    /// Runs a rule of the model on a field; its error points there.
    func checked<Value>(
        _ name: String, _ rule: () throws(ValidationError) -> Value
    ) throws(ServiceError) -> Value {
        do throws(ValidationError) {
            return try rule()
        } catch {
            throw ServiceError(error.at(name.isEmpty ? pointer : path(name)))
        }
    }
}
