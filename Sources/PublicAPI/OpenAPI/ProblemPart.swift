import ContactServices
import HTTPTypes

/// Problem documents: one schema and one response for each status, of the codes that the service has.
enum ProblemPart {
    /// Members of an operation's `responses`, for a route that takes a purpose; `more` beside those that all of them give.
    static func ofPurpose(_ more: Int...) -> String {
        refs([400, 401, 403, 406, 422, 429, 500, 503] + more)
    }

    /// The same for other routes behind the gate.
    static func ofData(_ more: Int...) -> String {
        refs([400, 401, 403, 406, 429, 500, 503] + more)
    }

    /// And for those that everybody may use.
    static func ofPublic(_ more: Int...) -> String { refs([400, 406, 429, 500, 503] + more) }

    /// And for probes.
    static func ofProbe() -> String { refs([406]) }

    private static func refs(_ statuses: [Int]) -> String {
        statuses.sorted()
            .map { ##""\##($0)":{"$ref":"#/components/responses/Problem\##($0)"}"## }
            .joined(separator: ",")
    }

    static let responses = statuses.map(response).joined(separator: ",")
    static let schemas = ([common] + statuses.map(schema)).joined(separator: ",")

    private static let statuses = Dictionary(
        grouping: ServiceError.Code.allCases, by: \.status
    ).sorted { $0.key.code < $1.key.code }

    private static let common = ##"""
        "Problem": {
          "description": "RFC 9457.",
          "type": "object",
          "required": ["type", "title", "status", "detail", "code"],
          "properties": {
            "type": {"type": "string", "format": "uri", "pattern": "^urn:chancery:problem:[a-z0-9-]+$"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"description": "For a person: what is wrong, and the next step.", "type": "string"},
            "code": {"description": "To branch on.", "type": "string", "pattern": "^[a-z0-9-]+$"},
            "requestId": {"description": "Absent in lines of a bulk answer.", "type": "string"},
            "pointer": {"description": "RFC 6901: the field of the body.", "type": "string", "format": "json-pointer"},
            "line": {"description": "Where a body of lines is wrong, from 1.", "type": "integer", "minimum": 1},
            "column": {"type": "integer", "minimum": 1},
            "retryAfter": {"description": "Seconds, as in Retry-After.", "type": "integer", "minimum": 0}
          }
        }
        """##

    private static func schema(
        _ status: HTTPResponse.Status, _ codes: [ServiceError.Code]
    ) -> String {
        let names = codes.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        return ##"""
            "Problem\##(status.code)": {
              "allOf": [{"$ref": "#/components/schemas/Problem"}],
              "type": "object",
              "properties": {"status": {"const": \##(status.code)}, "code": {"enum": [\##(names)]}}
            }
            """##
    }

    private static func response(
        _ status: HTTPResponse.Status, _ codes: [ServiceError.Code]
    ) -> String {
        let example = codes.first.map { code in
            Problem(ServiceError(code, "What is wrong, and the next step."), requestID: nil).json
        }
        let text = String(decoding: (example ?? .null).bytes, as: UTF8.self)
        let headers = OpenAPIHeaders.of(headers(status.code))
        return ##"""
            "Problem\##(status.code)": {
              "description": "\##(status.reasonPhrase)",
              "headers": {\##(headers)},
              "content": {"\##(Problem.mediaType)": {
                "schema": {"$ref": "#/components/schemas/Problem\##(status.code)"}, "example": \##(text)
              }}
            }
            """##
    }

    private static func headers(_ status: Int) -> [String] {
        switch status {
        case 401, 403: ["WWW-Authenticate"]
        case 405: ["Allow"]
        case 429, 503: ["Retry-After"]
        default: []
        }
    }
}
