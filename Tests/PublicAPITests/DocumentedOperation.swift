import ContactServices
import Foundation
import HTTPTypes
import Testing

@testable import PublicAPI

/// An operation of the OpenAPI document, and the request that its examples make.
struct DocumentedOperation: Sendable, CustomTestStringConvertible {
    let id: String
    let method: HTTPRequest.Method
    let template: String
    /// With the examples in the place of its parameters; of the query those that are required, and the first.
    let path: String
    /// Of the parameters that are required.
    let headers: [String: String]
    let body: Body?
    /// A role that may; nil: nobody is asked.
    let role: String?
    let answers: [Int: Answer]

    struct Body: Sendable {
        let type: String
        let bytes: [UInt8]
    }

    struct Answer: Sendable {
        let types: Set<String>
        /// Headers that always come with it.
        let headers: Set<String>
    }

    var testDescription: String { "\(method) \(template)" }

    static func all() throws -> [DocumentedOperation] {
        let document = try OpenAPIReader()
        return try document.operations.map { template, method, operation in
            try DocumentedOperation(template, method, operation, document)
        }
    }

    private init(
        _ template: String, _ method: String, _ operation: [String: Any], _ document: OpenAPIReader
    ) throws {
        id = try #require(operation["operationId"] as? String)
        self.method = try #require(HTTPRequest.Method(method))
        self.template = template
        role = (operation["x-roles"] as? [String])?.first
        var path = template
        var query: [String] = []
        var headers: [String: String] = [:]
        for raw in operation["parameters"] as? [[String: Any]] ?? [] {
            let parameter = try document.resolved(raw)
            let name = try #require(parameter["name"] as? String)
            let value = "\(try #require(parameter["example"], "\(id): \(name) has no example"))"
                .replacing(" ", with: "%20")
            let isRequired = parameter["required"] as? Bool == true
            switch parameter["in"] as? String {
            case "path": path = path.replacing("{\(name)}", with: value)
            case "query" where isRequired || query.isEmpty: query.append("\(name)=\(value)")
            case "header" where isRequired: headers[name] = value
            default: break
            }
        }
        if (operation["security"] as? [[String: Any]])?.contains(where: {
            $0["callbackToken"] != nil
        }) == true {
            headers["Callback-Token"] = CallbackToken.fake("vendor-7")
        }
        self.path = query.isEmpty ? path : path + "?" + query.joined(separator: "&")
        self.headers = headers
        body = try Self.body(operation)
        let responses = try #require(operation["responses"] as? [String: [String: Any]])
        var answers: [Int: Answer] = [:]
        for (status, raw) in responses {
            answers[try #require(Int(status))] = try Self.answer(raw, document)
        }
        self.answers = answers
    }

    private static func body(_ operation: [String: Any]) throws -> Body? {
        guard let request = operation["requestBody"] as? [String: Any] else { return nil }
        let content = try #require(request["content"] as? [String: [String: Any]])
        let (type, media) = try #require(content.min { $0.key > $1.key })
        let example = try #require(media["example"])
        if let text = example as? String { return Body(type: type, bytes: Array(text.utf8)) }
        let values = type.hasSuffix("ndjson") ? try #require(example as? [Any]) : [example]
        let lines = try values.map { try JSONSerialization.data(withJSONObject: $0) }
        return Body(type: type, bytes: Array(lines.joined(separator: [UInt8(ascii: "\n")])))
    }

    private static func answer(
        _ raw: [String: Any], _ document: OpenAPIReader
    ) throws -> Answer {
        let response = try document.resolved(raw)
        let content = response["content"] as? [String: Any] ?? [:]
        let headers = try (response["headers"] as? [String: [String: Any]] ?? [:]).filter {
            try document.resolved($0.value)["required"] as? Bool == true
        }
        return Answer(types: Set(content.keys), headers: Set(headers.keys))
    }
}

/// The document as JSON.
struct OpenAPIReader {
    let root: [String: Any]

    init() throws {
        let value = try JSONSerialization.jsonObject(with: Data(OpenAPIDocument.bytes))
        root = try #require(value as? [String: Any])
    }

    /// Template, method, operation.
    var operations: [(String, String, [String: Any])] {
        get throws {
            let paths = try #require(root["paths"] as? [String: [String: Any]])
            return paths.flatMap { path, item in
                item.compactMap { method, operation in
                    (operation as? [String: Any]).map { (path, method.uppercased(), $0) }
                }
            }
        }
    }

    func target(_ reference: String) -> Any? {
        let steps = reference.split(separator: "/")
        guard steps.first == "#" else { return nil }
        return steps.dropFirst().reduce(root as Any?) { ($0 as? [String: Any])?[String($1)] }
    }

    /// What is meant, whether it stands there or elsewhere.
    func resolved(_ value: [String: Any]) throws -> [String: Any] {
        guard let reference = value["$ref"] as? String else { return value }
        return try #require(target(reference) as? [String: Any], "\(reference)")
    }
}
